"""What every program here prints: one line of JSON a story."""

import json
import os
import sys
import traceback
from pathlib import Path

env = os.environ


def story(name, tell):
    """Its value becomes the detail, its error the failure."""
    try:
        line = {"story": name, "ok": True, "detail": tell()}
    except Exception as error:
        line = {"story": name, "ok": False, "detail": "%s: %s%s" % (type(error).__name__, error, where(error))}
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def where(error):
    """The lines of the program that led to it."""
    here = Path(__file__).parent
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).parent == here]
    return "".join("\n    at %s:%d" % (Path(frame.filename).name, frame.lineno) for frame in frames[1:])


def expect(actual, wanted):
    if actual != wanted:
        raise AssertionError("%r instead of %r" % (actual, wanted))


def refused(call):
    """The error of a call that must not succeed."""
    try:
        call()
    except Exception as error:
        return error
    raise AssertionError("it was not refused")
