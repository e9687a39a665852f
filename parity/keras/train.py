"""Trains in Keras from given weights, batches and dropout masks or noise.

    python train.py FOLDER NAME [--float64] [--half-ulp] [--states-of OTHER]

FOLDER has the files of parity/src/comparison/workload.ts. For every scenario in it, SCENARIO.NAME.json gets the loss and the norm
of each trained weight's gradient at every step, SCENARIO.NAME.float32 the weights after some of the steps, and
keras.NAME.json the versions that computed them.

SCENARIO.NAME.states.float32 gets the weights and the optimizer's slots before each of the first steps and after the
last of them. With --states-of, each of these steps is also taken by itself from the state that OTHER wrote, and
SCENARIO.NAME.single.json and .single.float32 get its loss and norms, and the weights after it. With --half-ulp, each
weight that a training, or a step by itself, begins with is changed by up to 2^-24 of itself, half an ulp of 1.
"""

import argparse
import json
import sys
from pathlib import Path

from formulas import Formulas, by_path, given_masks, keras, tf
import numpy as np

# TensorFlow would warn that every scenario traces its step again.
tf.get_logger().setLevel("ERROR")


class Inputs:
    """The input of a scenario, step by step: images, one-hot targets and the draws of each layer."""

    def __init__(self, folder, workload, scenario):
        steps, batch = workload["steps"], workload["batchSize"]
        spec, dataset = scenario["model"], scenario["dataset"]
        shape = (steps, batch, *spec["inputShape"])
        self.images = np.memmap(folder / f"{dataset}.images.float32", "<f4", "r", shape=shape)
        labels = np.fromfile(folder / f"{dataset}.labels.uint8", np.uint8).reshape(steps, batch)
        self.targets = np.eye(spec["numClasses"], dtype=np.float32)[labels]
        self.masks = {}
        for mask in scenario["masks"]:
            if mask["kind"] == "deviates":
                deviates = np.fromfile(folder / mask["file"], np.float32)
                self.masks[mask["layer"]] = deviates.reshape(steps, *mask["shape"])
                continue
            size = np.prod(mask["shape"])
            # Each step begins at a new byte.
            bits = np.fromfile(folder / mask["file"], np.uint8).reshape(steps, -1)
            kept = np.unpackbits(bits, axis=1, count=size, bitorder="little").astype(bool)
            self.masks[mask["layer"]] = kept.reshape(steps, *mask["shape"])

    def at(self, step):
        precision = keras.config.floatx()
        arrays = (self.images[step].astype(precision), self.targets[step].astype(precision))
        return *map(tf.constant, arrays), {
            name: tf.constant(given[step].astype(np.float32)) for name, given in self.masks.items()
        }


class Training:
    """A scenario's model and optimizer, from its initial weights, and Keras's own train step for them."""

    def __init__(self, formulas, scenario, inputs, initial):
        self.inputs = inputs
        self.model = formulas.model(scenario["model"])
        weights = by_path(self.model.weights)
        assert weights.keys() == {weight["name"] for weight in scenario["weights"]}
        self.weights = [weights[weight["name"]] for weight in scenario["weights"]]
        assign(self.weights, initial)
        self.model.compile(
            formulas.create("optimizers", scenario["optimizer"]), formulas.create("losses", scenario["loss"])
        )
        trained = self.model.trainable_variables
        self.model.optimizer.build(trained)
        paths = [variable.path for variable in trained]
        # Our order of layers in a residual block may be another.
        self.order = [paths.index(name) for name in scenario["trained"]]
        slots = formulas.slots(scenario["optimizer"], self.model.optimizer, trained)
        assert slots.keys() == {slot["name"] for slot in scenario["slots"]}
        self.state = [*self.weights, *(slots[slot["name"]] for slot in scenario["slots"])]
        self.losses, self.gradient_norms = [], []
        self._train_step = tf.function(self._train_step)

    def _train_step(self, x, targets, masks):
        model = self.model
        with tf.GradientTape() as tape, given_masks(model, masks):
            loss = model.compute_loss(x=x, y=targets, y_pred=model(x, training=True), training=True)
        gradients = tape.gradient(loss, model.trainable_variables)
        model.optimizer.apply(gradients, model.trainable_variables)
        return loss, gradients

    def take(self, step):
        """Trains on the batch of a step, and records its loss and the norms of its gradients."""
        loss, gradients = self._train_step(*self.inputs.at(step))
        norms = [float(np.linalg.norm(gradient.numpy().astype(np.float64))) for gradient in gradients]
        self.losses.append(float(loss))
        self.gradient_norms.append([norms[i] for i in self.order])

    def restore(self, state, step):
        """Restores a state before a step from the numbers that `append` wrote one after another."""
        assign(self.state, state)
        self.model.optimizer.iterations.assign(step)

    def write_trace(self, path):
        path.write_text(json.dumps({"losses": self.losses, "gradientNorms": self.gradient_norms}))


def assign(variables, numbers):
    """Sets the variables from numbers that stand one after another."""
    end = 0
    for variable in variables:
        start, end = end, end + int(np.prod(variable.shape))
        variable.assign(numbers[start:end].reshape(variable.shape))
    assert end == len(numbers)


def nudged(numbers):
    """Returns float32 numbers, each changed by up to 2^-24 of itself and rounded: some go to a neighbour, most stay."""
    shares = np.random.default_rng(0).uniform(-1, 1, len(numbers))
    return (numbers.astype(np.float64) * (1 + shares * 2.0**-24)).astype(np.float32)


def append(path, variables):
    with open(path, "ab") as file:
        for variable in variables:
            file.write(variable.numpy().astype("<f4").tobytes())


def train_together(training, workload, folder, name, with_states):
    """Takes all steps, each from the end of the one before."""

    def keep_state(step):
        if with_states and step <= workload["singleSteps"]:
            append(folder / f"{name}.states.float32", training.state)

    for step in range(workload["steps"]):
        keep_state(step)
        training.take(step)
        if step + 1 in workload["weightsAfter"]:
            append(folder / f"{name}.float32", training.weights)
    keep_state(workload["steps"])
    training.write_trace(folder / f"{name}.json")


def train_single_steps(training, workload, folder, name, states):
    """Takes each of the first steps from the state of another variant before it."""
    for step in range(workload["singleSteps"]):
        training.restore(states[step], step)
        training.take(step)
        append(folder / f"{name}.single.float32", training.weights)
    training.write_trace(folder / f"{name}.single.json")


def main(folder, name, states_of, half_ulp):
    workload = json.loads((folder / "workload.json").read_text())
    formulas = Formulas(workload["formulas"])
    for scenario in workload["scenarios"]:
        inputs = Inputs(folder, workload, scenario)
        initial = np.fromfile(folder / f"{scenario['name']}.initial.float32", "<f4")
        if half_ulp:
            initial = nudged(initial)

        def start():
            keras.backend.clear_session()
            return Training(formulas, scenario, inputs, initial)

        files = f"{scenario['name']}.{name}"
        train_together(start(), workload, folder, files, with_states=states_of is None)
        if states_of is not None:
            states = np.fromfile(folder / f"{scenario['name']}.{states_of}.states.float32", "<f4")
            states = states.reshape(workload["singleSteps"] + 1, -1)
            if half_ulp:
                weights = len(initial)
                states = [np.concatenate([nudged(state[:weights]), state[weights:]]) for state in states]
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
parser.add_argument("--half-ulp", action="store_true")
parser.add_argument("--states-of")
options = parser.parse_args()
if options.float64:
    keras.config.set_floatx("float64")
main(options.folder, options.name, options.states_of, options.half_ulp)
