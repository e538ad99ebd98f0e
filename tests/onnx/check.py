"""Checks an ONNX file as its own checker does, and runs it: python check.py FILE IMAGES.

IMAGES holds float32 numbers, as many as some images have. The logits are
printed as JSON, with the names of what the file takes and gives.
"""

import json
import sys

import numpy
import onnx
import onnxruntime
from onnxruntime.tools.symbolic_shape_infer import SymbolicShapeInference

path, images = sys.argv[1:3]
model = onnx.load(path)
onnx.checker.check_model(model, full_check=True)
session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
fed = session.get_inputs()[0]
shape = [-1] + fed.shape[1:]
(logits,) = session.run(None, {fed.name: numpy.fromfile(images, numpy.float32).reshape(shape)})
# What its quantisation does first; it fails where it loses a shape.
SymbolicShapeInference.infer_shapes(model, guess_output_rank=False)
inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True)
print(
    json.dumps(
        {
            "inputs": [value.name for value in model.graph.input],
            "logits": logits.ravel().tolist(),
            "described": len(inferred.graph.value_info) == len(model.graph.value_info),
        }
    )
)
