"""The modules of the library whose source gets scheduling points: all that touch what is shared.

The others hold arithmetic, errors and arguments: pure, so there is nothing in them that another task could see.
"""

import disruptor._awaiting
import disruptor._barrier
import disruptor._batch
import disruptor._claim
import disruptor._clearing
import disruptor._disruptor
import disruptor._gate
import disruptor._held
import disruptor._in_hand
import disruptor._joining
import disruptor._looking
import disruptor._patience
import disruptor._polling
import disruptor._publisher
import disruptor._publishing
import disruptor._reading
import disruptor._role
import disruptor._roll
import disruptor._room
import disruptor._sequencer
import disruptor._single
import disruptor._slots
import disruptor._subscriber
import disruptor._sync
import disruptor._turn
import disruptor._watched
import disruptor.aio._publishing
import disruptor.aio._reading
import disruptor.aio._waiting
import disruptor.handlers._consumers
import disruptor.handlers._handling
import disruptor.handlers._pool
import disruptor.handlers._processor
import disruptor.handlers._progress
import disruptor.handlers._work
import disruptor.handlers._worker

LIBRARY = (
    disruptor._awaiting,
    disruptor.aio._publishing,
    disruptor.aio._reading,
    disruptor.aio._waiting,
    disruptor._barrier,
    disruptor._batch,
    disruptor._claim,
    disruptor._clearing,
    disruptor.handlers._consumers,
    disruptor._disruptor,
    disruptor._gate,
    disruptor.handlers._handling,
    disruptor._held,
    disruptor._in_hand,
    disruptor._joining,
    disruptor._looking,
    disruptor._patience,
    disruptor.handlers._processor,
    disruptor.handlers._progress,
    disruptor._polling,
    disruptor.handlers._pool,
    disruptor._publisher,
    disruptor._publishing,
    disruptor._reading,
    disruptor._role,
    disruptor._roll,
    disruptor._room,
    disruptor._sequencer,
    disruptor._single,
    disruptor._slots,
    disruptor._subscriber,
    disruptor._sync,
    disruptor._turn,
    disruptor._watched,
    disruptor.handlers._work,
    disruptor.handlers._worker,
)
