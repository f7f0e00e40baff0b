"""Mutants of handlers made of handlers, and of publishers that let events go."""

from stateful.mutants._mutant import Mutant

PROCESSOR, HANDLER = "handlers/_processor.py", "handlers/_handler.py"
COMBINE, PUBLISHER = "combine.py", "_publisher.py"
STORY = "stateful/test_combined.py::test_a_story[{}]".format
COUNTED = "stateful/test_combined.py::test_two_threads_that_drop_are_counted_between_all_bytecodes"
GIVEN = "tests/handlers/test_combine.py"
PUBLISHERS = "tests/api/test_publisher.py::test_{}".format

COMBINING: tuple[Mutant, ...] = (
    Mutant(
        "what is there before the rest comes is forgotten",
        PROCESSOR,
        "        return subscriber._look(first, most, None)\n",
        "        return subscriber._look(batch.end + 1, most, None)\n",
        "S9",
        "B11",
        STORY("batched by count"),
    ),
    Mutant(
        "a batch waits for its number, whatever the time",
        PROCESSOR,
        "            subscriber._barrier.wait_for(last, deadline_of(self._runtime, linger))\n",
        "            subscriber._barrier.wait_for(last, None)\n",
        "L3",
        "B16",
        STORY("batched by time"),
    ),
    Mutant(
        "the last batch is not handed out when the ring is closed",
        PROCESSOR,
        "        with suppress(WaitTimeout, DisruptorClosed):  # the",
        "        with suppress(WaitTimeout):  # the",
        "S9",
        "B7",
        STORY("batched by count"),
    ),
    Mutant(
        "an error of one keeps the event from the others",
        COMBINE,
        "                    failed.append(self._left[0])\n",
        "                    failed.append(self._left[0])\n                    break\n",
        "S9",
        "B9",
        GIVEN,
    ),
    Mutant(
        "who was done is called again with who has failed",
        COMBINE,
        "            self._left[:0] = failed\n",
        "            self._left = []\n",
        "S3",
        "B9",
        GIVEN,
    ),
    Mutant(
        "what is made of handlers remembers for all that use it together",
        HANDLER,
        "        return given.hooks()\n",
        "        pass\n",
        "S9",
        "B10",
        GIVEN,
    ),
    Mutant(
        "who was told of a stage is not told of it again before all others were",
        PROCESSOR,
        "        method = renewed(hook)\n",
        "        method = hook\n",
        "S9",
        "B9",
        GIVEN,
    ),
    Mutant(
        "a stage that is tried again is tried by all",
        PROCESSOR,
        "                method(*arguments)\n",
        "                renewed(method)(*arguments)\n",
        "S3",
        "B9",
        GIVEN,
    ),
    Mutant(
        "events that are dropped at once are counted once",
        PUBLISHER,
        "            with self._lock:\n                begins = not self._burst\n",
        "            if self._lock is not None:\n                begins = not self._burst\n",
        "S7",
        "B1",
        COUNTED,
    ),
    Mutant(
        "an error of a translator counts as a drop",
        PUBLISHER,
        '            if called or error._of_user or self._overflow != "drop":\n',
        '            if error._of_user or self._overflow != "drop":\n',
        "S7",
        "B9",
        GIVEN,
    ),
    Mutant(
        "an error of a factory counts as a drop",
        "_claim.py",
        "            of_user(error)\n",
        "",
        "S7",
        "B9",
        PUBLISHERS("an_error_of_the_factory_is_not_a_drop"),
    ),
    Mutant(
        "an error of a factory is waited for",
        "aio/_publishing.py",
        "                if error._of_user:\n                    raise\n",
        "                del error\n",
        "S7",
        "B9",
        PUBLISHERS("an_error_of_the_factory_is_not_waited_for"),
    ),
    Mutant(
        "an error of a codec counts as a drop",
        "shared/_slots.py",
        "            of_user(error)\n",
        "",
        "S7",
        "B9",
        PUBLISHERS("an_error_of_a_codec_is_not_a_drop"),
    ),
)
