"""Computes the cases of parity/src/formulas.ts in Keras: the fixtures of packages/training and packages/model.

    python fixtures.py REQUEST.json FOLDER

parity/src/fixture-request.ts writes REQUEST.json; FOLDER gets a JSON file for each family. Numbers that are not in the
request are drawn for each case from its name, so that a new case changes no other.
"""

import json
import sys
import zlib
from pathlib import Path

from formulas import Formulas, by_path, given_masks, keras, tf
import numpy as np

STEPS = 8
RATE = 0.1
SCHEDULE_STEPS = [0, 1, 9, 10, 11, 15, 19, 20, 21, 100]


def floats(array):
    """Formats numbers with nine digits, enough to distinguish neighbouring float32 values."""
    return [float(f"{x:.9g}") for x in np.asarray(array, np.float32).ravel()]


def generator(*name):
    return np.random.default_rng(zlib.crc32("/".join(map(str, name)).encode()))


def named(variables):
    return {path: floats(variable.numpy()) for path, variable in variables.items()}


def optimizer_case(case, random):
    """Updates two rows of weights, ordinary ones and ones that begin at 0, by gradients of 1e-7 to 1."""
    shape = (2, 3)
    initial = (random.normal(0, 1, shape) * [[1], [0]]).astype(np.float32)
    magnitudes = 10.0 ** random.integers(-7, 1, (STEPS, *shape))
    gradients = (random.normal(0, 1, (STEPS, *shape)) * magnitudes).astype(np.float32)
    settings = case["settings"]
    optimizer = formulas.create("optimizers", settings)
    variable = keras.Variable(initial, name="w")
    optimizer.build([variable])
    weights = []
    for gradient in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(gradient)])
        weights.append(floats(variable.numpy()))
    return {
        "shape": shape,
        "initial": floats(initial),
        "gradients": [floats(gradient) for gradient in gradients],
        "weights": weights,
        "slots": named(formulas.slots(settings, optimizer, [variable])),
    }


def schedule_case(case, random):
    schedule = formulas.schedule(case["settings"], RATE)
    rates = [float(schedule(step) if callable(schedule) else schedule) for step in SCHEDULE_STEPS]
    return {"learningRate": RATE, "steps": SCHEDULE_STEPS, "rates": rates}


# Some logits differ although their probabilities are equal.
ROWS = [
    ([0, 0, 0], 0),
    ([1, 2, 3], 0),
    ([20, 0, 0], 0),
    ([20, 0, 0], 1),
    ([100, 0, -100], 0),
    ([100, 0, -100], 2),
    ([1000, -1000, 0], 1),
    ([-1000, -1000, -1001], 2),
    ([1e6, 1e6, 0], 0),
]


# Answers between classes, as mixed images have them, with a weight of each row.
MIXED_LOGITS = [[1, 2, 3], [-1, 0.5, 0], [4, -2, 1]]
MIXED_TARGETS = [[0.7, 0.3, 0], [0.25, 0.25, 0.5], [0, 1, 0]]
MIXED_WEIGHTS = [1, 2, 0.5]

# A single unit, for two answers.
SINGLE = [([0], 0), ([3], 1), ([3], 0), ([-40], 1), ([1000], 0)]
HEADS = {
    "softmax": keras.activations.softmax,
    "sigmoid": keras.activations.sigmoid,
    "linear": keras.activations.linear,
}


def loss_case(case, random):
    """Computes each row by itself, after each activation and in a graph, as model.fit does; then the mean of all."""
    loss = formulas.create("losses", case["settings"])
    rows, means, mixed = [], {}, {}
    for name in case["heads"]:
        head = HEADS[name]

        @tf.function
        def loss_and_gradient(logits, targets):
            with tf.GradientTape() as tape:
                tape.watch(logits)
                value = loss(targets, head(logits))
            return value, tape.gradient(value, logits)

        def of(rows):
            logits, labels = zip(*rows)
            units = len(logits[0])
            targets = np.eye(units)[list(labels)] if units > 1 else np.array(labels)[:, None]
            return loss_and_gradient(tf.constant(logits, tf.float32), tf.constant(targets, tf.float32))

        for row in ROWS + ([] if name == "softmax" else SINGLE):
            value, gradient = of([row])
            logits, label = row
            rows.append(
                {"head": name, "logits": logits, "label": label, "loss": float(value), "gradient": floats(gradient)}
            )
        means[name] = float(of(ROWS)[0])

        @tf.function
        def mixed_loss_and_gradient(logits):
            with tf.GradientTape() as tape:
                tape.watch(logits)
                weights = tf.constant(MIXED_WEIGHTS, tf.float32)
                value = loss(tf.constant(MIXED_TARGETS, tf.float32), head(logits), weights)
            return value, tape.gradient(value, logits)

        value, gradient = mixed_loss_and_gradient(tf.constant(MIXED_LOGITS, tf.float32))
        mixed[name] = {"loss": float(value), "gradient": floats(tf.reduce_sum(gradient, 0))}
    return {
        "rows": rows,
        "means": means,
        "mixed": {
            "logits": MIXED_LOGITS,
            "targets": MIXED_TARGETS,
            "weights": MIXED_WEIGHTS,
            "heads": mixed,
        },
    }


def constraint_case(case, random):
    """Constrains a kernel whose norms lie on both sides of a limit of about 1 to 2, one of them 0."""
    shape = case["shape"]
    kernel = random.normal(0, 1, shape).astype(np.float32) * np.linspace(0, 2, shape[-1], dtype=np.float32)
    constrained = formulas.create("constraints", case["settings"])(keras.Variable(kernel))
    return {"kernel": floats(kernel), "constrained": floats(constrained)}


def regularizer_case(case, random):
    """Computes the penalty of a kernel and its gradient."""
    kernel = tf.Variable(random.normal(0, 1, case["shape"]).astype(np.float32))
    with tf.GradientTape() as tape:
        penalty = formulas.create("regularizers", case["settings"])(kernel)
    # Keras leaves a term of factor 0 out.
    gradient = tape.gradient(penalty, kernel, unconnected_gradients="zero")
    return {"kernel": floats(kernel), "penalty": float(penalty), "gradient": floats(gradient)}


def layer_case(case, random):
    """Computes a layer's output, with dropout, and the gradients of sum(output * cotangent)."""
    keras.backend.clear_session()
    whole = formulas.model(case["model"])
    model = keras.Model(whole.inputs, whole.get_layer(case["layer"]).output)
    weights = by_path(model.weights)
    trained = by_path(model.trainable_variables)
    for path, variable in weights.items():
        # Moving statistics must be above 0, since one is a variance.
        draw = random.normal(0, 1, variable.shape) if path in trained else random.uniform(0.5, 2, variable.shape)
        variable.assign(draw.astype(np.float32))
    given = named(weights)

    x = tf.Variable(random.normal(0, 1, (case["batch"], *case["model"]["inputShape"])).astype(np.float32))
    inference = model(x, training=False)
    cotangent = random.normal(0, 1, inference.shape).astype(np.float32)
    masks = {
        mask["layer"]: tf.constant(
            np.array(mask.get("kept", mask.get("deviates")), np.float32).reshape(mask["shape"])
        )
        for mask in case["masks"]
    }
    variables = list(trained.values())
    with tf.GradientTape() as tape, given_masks(model, masks):
        output = model(x, training=True)
        total = tf.reduce_sum(output * cotangent)
    by_input, *by_weights = tape.gradient(total, [x, *(variable.value for variable in variables)])
    updated = {path: floats(variable.numpy()) for path, variable in weights.items() if path not in trained}
    constrained = {
        path: floats(variable.constraint(variable)) for path, variable in trained.items() if variable.constraint
    }
    return {
        "input": {"shape": x.shape.as_list(), "values": floats(x)},
        "weights": given,
        "cotangent": floats(cotangent),
        "outputShape": inference.shape.as_list(),
        "inference": floats(inference),
        "training": floats(output),
        "gradients": {
            "input": floats(by_input),
            "weights": {variable.path: floats(by) for variable, by in zip(variables, by_weights)},
        },
        "updated": updated,
        "constrained": constrained,
    }


CASES = {
    "optimizers": optimizer_case,
    "schedules": schedule_case,
    "losses": loss_case,
    "constraints": constraint_case,
    "regularizers": regularizer_case,
    "layers": layer_case,
}

request, folder = json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2])
formulas = Formulas(request["formulas"])
for family, members in request["cases"].items():
    results = {
        name: [{**case, **CASES[family](case, generator(family, name, i))} for i, case in enumerate(cases)]
        for name, cases in members.items()
    }
    (folder / f"{family}.json").write_text(json.dumps(results))
