"""The LMAX Disruptor on a Java machine, beside the model: where they agree, and each known difference."""
