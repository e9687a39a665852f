"""Makes Keras's objects from our settings, by the tables of parity/src/formulas.ts."""

import functools
import inspect
import os
from contextlib import contextmanager
from unittest import mock

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import numpy as np
import tensorflow as tf

FAMILIES = {
    "optimizers": keras.optimizers,
    "schedules": keras.optimizers.schedules,
    "losses": keras.losses,
    "constraints": keras.constraints,
    "regularizers": keras.regularizers,
    "layers": keras.layers,
}

# The factor of schedules that Keras does not have.
OF_NUMPY = {
    "one_cycle": lambda step, of: np.interp(
        step,
        [0, int(of["warmupFraction"] * of["totalSteps"]), of["totalSteps"]],
        [of["startFactor"], 1, of["endFactor"]],
    ),
}


# Names of ours that Keras has as a function with another argument, or as a class with arguments.
NAMES = {
    "gelu_approximate": functools.partial(keras.activations.gelu, approximate=True),
    "pytorch_uniform": keras.initializers.VarianceScaling(1 / 3, "fan_in", "uniform"),
    "partial_dirac": keras.initializers.VarianceScaling(1 / 3, "fan_in", "uniform"),
}


def with_drop_connect(keras_class, rate):
    """Returns the class with DropConnect, which Keras has none of: with Keras's dropout of its kernel in training."""

    class DropConnected(keras_class):
        dropped = None

        def __init__(self, **arguments):
            super().__init__(**arguments)
            self.seed_generator = keras.random.SeedGenerator(0)

        @property
        def kernel(self):
            return super().kernel if self.dropped is None else self.dropped[0]

        def call(self, inputs, training=None):
            if not training:
                return super().call(inputs)
            # Within a list, since Keras keeps account of tensors that become attributes.
            type(self).dropped = [keras.random.dropout(super().kernel, rate, seed=self.seed_generator)]
            try:
                return super().call(inputs)
            finally:
                type(self).dropped = None

    # Keras names layers by their class.
    DropConnected.__name__ = keras_class.__name__
    return DropConnected


class Formulas:
    def __init__(self, tables):
        self.tables = tables

    def formula(self, family, settings):
        """Returns the formula of a member: a layer is found by its kind, all others by their name."""
        return self.tables[family][settings["kind" if family == "layers" else "name"]]

    def create(self, family, settings, **more):
        """Creates Keras's object with these settings; `more` are further arguments of Keras's."""
        formula = self.formula(family, settings)
        keras_class = getattr(FAMILIES[family], formula["keras"])
        parameters = inspect.signature(keras_class).parameters
        arguments = {}
        for setting, place in formula["settings"].items():
            value = settings[setting]
            if isinstance(place, dict):
                place, value = place["argument"], value and self.create(place["family"], value)
            if place is None:
                continue
            # JSON turns 0.0 into 0, which SGD refuses.
            if isinstance(parameters[place].default, float) and isinstance(value, int):
                value = float(value)
            arguments[place] = NAMES.get(value, value) if isinstance(value, str) else value
        if formula["keras"] == "Normalization":
            # Keras wants one number for both, or as many of each.
            pair = np.broadcast_arrays(arguments["mean"], arguments["variance"])
            arguments["mean"], arguments["variance"] = (numbers.tolist() for numbers in pair)
        rate = settings.get("dropConnect", 0)
        if rate > 0:
            keras_class = with_drop_connect(keras_class, rate)
        return keras_class(**arguments, **more)

    def schedule(self, settings, learning_rate):
        """Returns a schedule, or the learning rate itself."""
        formula = self.formula("schedules", settings)
        if formula["keras"] is None:
            return learning_rate
        if settings["name"] in OF_NUMPY:
            return lambda step: learning_rate * OF_NUMPY[settings["name"]](step, settings)
        initial = formula["initial"]
        return self.create("schedules", settings, **({initial: learning_rate} if initial else {}))

    def model(self, spec):
        """Builds the model of a ModelSpec. Keras names layers without a name of their own, as we do."""
        assert spec["dataFormat"] == "channels_last"

        def through(layers, x):
            for settings in layers:
                inner = self.formula("layers", settings).get("inner")
                # Inner layers come first, so that they are named first.
                inputs = x if inner is None else summands(settings, through(settings[inner], x), x)
                x = self.create("layers", settings, name=settings["name"])(inputs)
            return x

        def summands(settings, output, x):
            shortcut = through(settings["shortcut"], x)
            rate, name = settings["dropRate"], settings["name"]
            if rate > 0:
                shape = [None] + [1] * (len(output.shape) - 1)
                output = keras.layers.Dropout(rate, shape, name=name and f"{name}_dropout")(output)
            return [shortcut, output]

        images = keras.Input(spec["inputShape"])
        return keras.Model(images, through(spec["layers"], images))

    def slots(self, settings, optimizer, variables):
        """Returns the slots of a built optimizer for the variables, under our names: `<slot>/<variable>`."""
        return {
            f"{slot}/{variable.path}": kept
            for slot, attribute in self.formula("optimizers", settings)["slots"].items()
            # Keras has an empty list for slots that are not used, as in SGD without momentum.
            for variable, kept in zip(variables, getattr(optimizer, attribute))
            # Muon keeps no velocity of matrices.
            if kept is not None
        }


@contextmanager
def given_masks(model, masks):
    """Makes Keras's own layers use given numbers instead of drawing them: for dropout, by layer, 1 for units that are kept
    and 0 for the others; for Gaussian noise, standard normal deviates; of the shape that the layer asks for."""
    given_by_seed = {id(model.get_layer(name).seed_generator): given for name, given in masks.items()}

    def given(seed, expected):
        values = given_by_seed[id(seed)]
        assert values.shape == expected, f"expected a mask of {expected}, received {values.shape}"
        return values

    def dropout(inputs, rate, noise_shape=None, seed=None):
        sizes = noise_shape or [None] * len(inputs.shape)
        kept = given(seed, [own if size is None else size for size, own in zip(sizes, inputs.shape)])
        # Like tf.nn.experimental.stateless_dropout, which this replaces: scale first, then choose.
        return tf.where(kept > 0, inputs * (1 / (1 - rate)), 0)

    def normal(shape, mean=0.0, stddev=1.0, dtype=None, seed=None):
        return mean + stddev * tf.cast(given(seed, list(shape)), dtype or keras.config.floatx())

    def uniform(shape, minval=0.0, maxval=1.0, dtype=None, seed=None):
        # AlphaDropout keeps draws that are at least its rate, which is below 1.
        return tf.cast(given(seed, list(shape)), dtype or keras.config.floatx())

    with mock.patch.multiple(keras.src.backend.random, dropout=dropout, normal=normal, uniform=uniform):
        yield


def by_path(variables):
    found = {variable.path: variable for variable in variables}
    assert len(found) == len(variables), f"expected a path for each variable, found {[v.path for v in variables]}"
    return found
