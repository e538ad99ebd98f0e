"""What TensorBoard reads in the event files of a run: its parts, and their numbers by tag and step."""

import json
import os
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

folder = os.path.join(sys.argv[1], "tensorboard")
parts = {}
for part in sorted(os.listdir(folder)):
    events = EventAccumulator(os.path.join(folder, part), size_guidance={"scalars": 0}).Reload()
    parts[part] = {
        tag: [[event.step, event.value, event.wall_time] for event in events.Scalars(tag)]
        for tag in events.Tags()["scalars"]
    }
json.dump(parts, sys.stdout)
