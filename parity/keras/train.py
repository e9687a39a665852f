"""Trains the tutorial's model in Keras from weights, batches and dropout masks that it is given.

    python train.py FOLDER NAME

FOLDER has what parity/src/workload.ts wrote. For every scenario of it, SCENARIO.NAME.json gets the loss and the norm
of each weight's gradient at every step, SCENARIO.NAME.float32 the weights after some of the steps, and keras.NAME.json
the versions that computed them.
"""

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import numpy as np
import tensorflow as tf

# A step is traced anew for every scenario, of which it would warn.
tf.get_logger().setLevel("ERROR")


class GivenDropout(keras.layers.Layer):
    """Dropout whose mask is an input: of the units that are kept, 1 for each, and 0 for those dropped."""

    def __init__(self, rate, **options):
        super().__init__(**options)
        self.rate = rate

    def call(self, inputs, training=False):
        images, kept = inputs
        # As tf.nn.experimental.stateless_dropout, which keras.layers.Dropout calls: scale first, then choose.
        return tf.where(kept, images * (1 / (1 - self.rate)), 0) if training else images


def build_model(spec):
    """The tutorial's model; its inputs are the images and then the mask of every Dropout layer."""
    rate = spec["dropout"]["rate"]
    images = keras.Input(spec["inputShape"])
    inputs = [images]
    x = images
    for i, filters in enumerate(spec["filters"]):
        x = keras.layers.Conv2D(filters, spec["kernelSize"], name=numbered("conv2d", i), **hidden(spec, rank=4))(x)
        x = keras.layers.MaxPooling2D(spec["poolSize"])(x)
        if rate > 0:
            kept = keras.Input(x.shape[1:], dtype="bool")
            inputs.append(kept)
            x = GivenDropout(rate)([x, kept])
    x = keras.layers.Flatten()(x)
    for i, units in enumerate(spec["units"]):
        x = keras.layers.Dense(units, name=numbered("dense", i), **hidden(spec, rank=2))(x)
    outputs = keras.layers.Dense(spec["numClasses"], activation="softmax", name="logits")(x)
    return keras.Model(inputs, outputs)


def hidden(spec, rank):
    limit = spec["maxNorm"]
    # A list names the axes of a convolution's kernel; a Dense kernel has one axis of incoming weights.
    axis = 0 if isinstance(limit["axis"], list) and rank == 2 else limit["axis"]
    return {
        "activation": "relu",
        "kernel_initializer": "he_uniform",
        "kernel_constraint": keras.constraints.MaxNorm(limit["value"], axis),
    }


def numbered(kind, i):
    return kind if i == 0 else f"{kind}_{i}"


def build_optimizer(config):
    if config["name"] == "adam":
        return keras.optimizers.Adam(
            config["learningRate"], config["beta1"], config["beta2"], epsilon=config["epsilon"]
        )
    return keras.optimizers.SGD(config["learningRate"], config["momentum"], config["nesterov"])


def read_inputs(folder, workload):
    """Images, one-hot targets and, by dropout layer, what is kept, each with steps for its first axis."""
    steps, batch = workload["steps"], workload["batchSize"]
    images = np.memmap(folder / "images.float32", "<f4", "r", shape=(steps, batch, *workload["imageShape"]))
    labels = np.fromfile(folder / "labels.uint8", np.uint8).reshape(steps, batch)
    kept = []
    for layer in workload["dropout"]:
        bits = np.fromfile(folder / f"{layer['name']}.bits", np.uint8)
        kept.append(np.unpackbits(bits, bitorder="little").astype(bool).reshape(steps, batch, *layer["shape"]))
    return images, np.eye(10, dtype=np.float32)[labels], kept


def read_weights(folder, workload):
    shapes = [weight["shape"] for weight in workload["weights"]]
    ends = np.cumsum([np.prod(shape) for shape in shapes])
    arrays = np.split(np.fromfile(folder / "initial.float32", "<f4"), ends[:-1])
    return [array.reshape(shape) for array, shape in zip(arrays, shapes)]


def train(scenario, workload, inputs, initial):
    """Keras's own train step, with the gradients looked at on their way to the optimizer."""
    config = scenario["config"]
    model = build_model(config["model"])
    names = [weight["name"] for weight in workload["weights"]]
    assert [variable.path for variable in model.trainable_variables] == names
    model.set_weights(initial)
    model.compile(build_optimizer(config["optimizer"]), "categorical_crossentropy")

    @tf.function
    def train_step(x, targets):
        with tf.GradientTape() as tape:
            loss = model.compute_loss(x=x, y=targets, y_pred=model(x, training=True), training=True)
        gradients = tape.gradient(loss, model.trainable_variables)
        model.optimizer.apply(gradients, model.trainable_variables)
        return loss, gradients

    images, targets, kept = inputs
    losses, gradient_norms, weights = [], [], []
    for step in range(workload["steps"]):
        masks = [mask[step] for mask in kept] if config["model"]["dropout"]["rate"] > 0 else []
        loss, gradients = train_step([tf.constant(array) for array in (images[step], *masks)], targets[step])
        losses.append(float(loss))
        gradient_norms.append([float(np.linalg.norm(g.numpy().astype(np.float64))) for g in gradients])
        if step + 1 in workload["weightsAfter"]:
            weights.extend(model.get_weights())
    return losses, gradient_norms, weights


def main(folder, name):
    workload = json.loads((folder / "workload.json").read_text())
    inputs = read_inputs(folder, workload)
    initial = read_weights(folder, workload)
    for scenario in workload["scenarios"]:
        keras.backend.clear_session()
        losses, gradient_norms, weights = train(scenario, workload, inputs, initial)
        path = f"{scenario['name']}.{name}"
        (folder / f"{path}.json").write_text(
            json.dumps({"losses": losses, "gradientNorms": gradient_norms})
        )
        np.concatenate([array.ravel() for array in weights]).astype("<f4").tofile(folder / f"{path}.float32")
    versions = {
        "python": ".".join(map(str, sys.version_info[:3])),
        "keras": keras.__version__,
        "tensorflow": tf.__version__,
        "numpy": np.__version__,
    }
    (folder / f"keras.{name}.json").write_text(json.dumps(versions))


main(Path(sys.argv[1]), sys.argv[2])
