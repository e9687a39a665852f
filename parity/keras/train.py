"""Trains the tutorial's model in Keras from weights, batches and dropout masks that it is given.

    python train.py FOLDER NAME [--float64] [--states-of OTHER]

FOLDER has what parity/src/workload.ts wrote. For every scenario of it, SCENARIO.NAME.json gets the loss and the norm
of each weight's gradient at every step, SCENARIO.NAME.float32 the weights after some of the steps, and keras.NAME.json
the versions that computed them.

SCENARIO.NAME.states.float32 gets the weights and the optimizer's slots before each of the first steps and after the
last of them; with --states-of, those that OTHER wrote are where each step is taken from once more, by itself, for
SCENARIO.NAME.single.json and .single.float32, the weights after each.
"""

import argparse
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


class Training:
    """A scenario's model and optimizer, from its initial weights, and Keras's own train step for them."""

    def __init__(self, config, workload, inputs, initial):
        self.images, self.targets, self.kept = inputs
        self.has_dropout = config["model"]["dropout"]["rate"] > 0
        self.model = build_model(config["model"])
        names = [weight["name"] for weight in workload["weights"]]
        assert [variable.path for variable in self.model.trainable_variables] == names
        self.model.set_weights(initial)
        self.model.compile(build_optimizer(config["optimizer"]), "categorical_crossentropy")
        self.model.optimizer.build(self.model.trainable_variables)
        self.losses, self.gradient_norms = [], []
        self._train_step = tf.function(self._train_step)

    def _train_step(self, x, targets):
        model = self.model
        with tf.GradientTape() as tape:
            loss = model.compute_loss(x=x, y=targets, y_pred=model(x, training=True), training=True)
        gradients = tape.gradient(loss, model.trainable_variables)
        model.optimizer.apply(gradients, model.trainable_variables)
        return loss, gradients

    def take(self, step):
        """Trains on the batch of a step, and keeps its loss and the norms of its gradients."""
        precision = keras.config.floatx()
        masks = [mask[step] for mask in self.kept] if self.has_dropout else []
        x = [tf.constant(array) for array in (self.images[step].astype(precision), *masks)]
        loss, gradients = self._train_step(x, tf.constant(self.targets[step].astype(precision)))
        self.losses.append(float(loss))
        self.gradient_norms.append([float(np.linalg.norm(g.numpy().astype(np.float64))) for g in gradients])

    @property
    def state(self):
        """The weights, then what the optimizer keeps: of Adam all first moments, then all second ones."""
        optimizer = self.model.optimizer
        is_sgd = isinstance(optimizer, keras.optimizers.SGD)
        slots = optimizer.momentums if is_sgd else optimizer._momentums + optimizer._velocities
        return [*self.model.trainable_variables, *slots]

    def restore(self, state, step):
        """Goes to a state before a step: numbers one behind the other, as `append` writes them."""
        end = 0
        for variable in self.state:
            start, end = end, end + np.prod(variable.shape)
            variable.assign(state[start:end].reshape(variable.shape))
        assert end == len(state)
        self.model.optimizer.iterations.assign(step)

    def write_trace(self, path):
        path.write_text(json.dumps({"losses": self.losses, "gradientNorms": self.gradient_norms}))


def append(path, variables):
    with open(path, "ab") as file:
        for variable in variables:
            file.write(variable.numpy().astype("<f4").tobytes())


def train_together(training, workload, folder, name, with_states):
    """All steps, each from where the one before has led."""

    def keep_state(step):
        if with_states and step <= workload["singleSteps"]:
            append(folder / f"{name}.states.float32", training.state)

    for step in range(workload["steps"]):
        keep_state(step)
        training.take(step)
        if step + 1 in workload["weightsAfter"]:
            append(folder / f"{name}.float32", training.model.trainable_variables)
    keep_state(workload["steps"])
    training.write_trace(folder / f"{name}.json")


def train_single_steps(training, workload, folder, name, states):
    """The first steps, each from the state that another variant was in before it."""
    for step in range(workload["singleSteps"]):
        training.restore(states[step], step)
        training.take(step)
        append(folder / f"{name}.single.float32", training.model.trainable_variables)
    training.write_trace(folder / f"{name}.single.json")


def main(folder, name, states_of):
    workload = json.loads((folder / "workload.json").read_text())
    inputs = read_inputs(folder, workload)
    initial = read_weights(folder, workload)
    for scenario in workload["scenarios"]:
        start = lambda: Training(scenario["config"], workload, inputs, initial)
        keras.backend.clear_session()
        files = f"{scenario['name']}.{name}"
        train_together(start(), workload, folder, files, with_states=states_of is None)
        if states_of is not None:
            keras.backend.clear_session()
            states = np.fromfile(folder / f"{scenario['name']}.{states_of}.states.float32", "<f4")
            states = states.reshape(workload["singleSteps"] + 1, -1)
            train_single_steps(start(), workload, folder, files, states)
    versions = {
        "python": ".".join(map(str, sys.version_info[:3])),
        "keras": keras.__version__,
        "tensorflow": tf.__version__,
        "numpy": np.__version__,
    }
    (folder / f"keras.{name}.json").write_text(json.dumps(versions))


parser = argparse.ArgumentParser()
parser.add_argument("folder", type=Path)
parser.add_argument("name")
parser.add_argument("--float64", action="store_true")
parser.add_argument("--states-of")
options = parser.parse_args()
if options.float64:
    keras.config.set_floatx("float64")
main(options.folder, options.name, options.states_of)
