"""Trains the network of K. Jordan's 94% recipe (arXiv 2404.00498) for some steps, by its facts alone, in TensorFlow.

    python airbench94.py FOLDER [--float64]

FOLDER has what parity/src/airbench94.ts writes: workload.json, the augmented batches and the initial weights of our
run, and the first training images as they are. This side computes the whitening filters by itself, and takes the steps
with PyTorch's formulas of SGD, the schedule and lookahead written out here. It writes reference.json (the loss of each
step; the largest difference of the whitening filters), weights.float32, all weights after the steps, and
views.float32, the logits of some images by six views. With --float64 everything is computed in float64, and the files
are called *.64.*: what rounding alone does is the difference between the two.
"""

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import tensorflow as tf

FLOAT = np.float64 if "--float64" in sys.argv else np.float32
MEAN = np.array([0.4914, 0.4822, 0.4465], FLOAT)
DEVIATION = np.array([0.2470, 0.2435, 0.2616], FLOAT)

BATCH, EPOCHS, IMAGES = 1024, 9.9, 50_000
STEPS_PER_EPOCH = IMAGES // BATCH
STEPS = int(np.ceil(STEPS_PER_EPOCH * EPOCHS))
MOMENTUM = 0.85
S = BATCH * (1 + 1 / (1 - MOMENTUM))
LEARNING_RATE = 11.5 / S
WEIGHT_DECAY = 0.0153 * BATCH / S
BIAS_FACTOR = 64
WHITENING_BIAS_EPOCHS = 3
SCHEDULE = np.interp(np.arange(1 + STEPS), [0, int(0.23 * STEPS), STEPS], [0.2, 1, 0.07])
AVERAGING = 0.95**5 * (np.arange(STEPS + 1) / STEPS) ** 3
SCALE = 1 / 9


def standardized(images):
    return (tf.cast(images, FLOAT) / 255 - MEAN) / DEVIATION


def whitening_filters(images, window=2):
    """Eigenvectors of the patches' uncentred covariance, by NumPy: [window, window, channels, filters]."""
    x = standardized(images).numpy().astype(np.float64)
    count, height, width, channels = x.shape
    patches = np.concatenate(
        [
            x[:, y : y + window, z : z + window].reshape(count, -1)
            for y in range(height - window + 1)
            for z in range(width - window + 1)
        ]
    )
    values, vectors = np.linalg.eigh(patches.T @ patches / len(patches))
    scaled = (vectors / np.sqrt(values + 5e-4))[:, ::-1]
    return np.concatenate([scaled, -scaled], axis=1).reshape(window, window, channels, -1)


class BatchNorm:
    def __init__(self, weights, name):
        self.bias = weights[f"{name}/beta"]
        self.mean, self.variance = weights[f"{name}/moving_mean"], weights[f"{name}/moving_variance"]

    def __call__(self, x, training):
        mean, variance = self.mean, self.variance
        if training:
            mean, variance = tf.nn.moments(x, [0, 1, 2])
            self.mean.assign(0.6 * self.mean + 0.4 * mean)
            self.variance.assign(0.6 * self.variance + 0.4 * variance)
        return (x - mean) * tf.math.rsqrt(variance + 1e-12) + self.bias


class Network:
    def __init__(self, weights):
        self.weights = weights
        names = ["batch_normalization" + (f"_{i}" if i else "") for i in range(6)]
        self.norms = [BatchNorm(weights, name) for name in names]
        self.kernels = [weights["conv2d" + (f"_{i}" if i else "") + "/kernel"] for i in range(6)]

    def __call__(self, images, training):
        weights = self.weights
        x = standardized(images)
        x = tf.nn.conv2d(x, weights["whitening/kernel"], 1, "VALID") + weights["whitening/bias"]
        x = tf.nn.gelu(x, approximate=False)
        for group in range(3):
            first, second = 2 * group, 2 * group + 1
            x = tf.nn.conv2d(x, self.kernels[first], 1, "SAME")
            x = tf.nn.max_pool2d(x, 2, 2, "VALID")
            x = tf.nn.gelu(self.norms[first](x, training), approximate=False)
            x = tf.nn.conv2d(x, self.kernels[second], 1, "SAME")
            x = tf.nn.gelu(self.norms[second](x, training), approximate=False)
        x = tf.nn.max_pool2d(x, 3, 3, "VALID")
        return tf.reshape(x, [len(images), -1]) @ weights["dense/kernel"] * SCALE


def train(weights, batches, labels):
    network = Network(weights)
    moving = [name for name in weights if "moving" in name]
    trained = [name for name in weights if name not in moving and name != "whitening/kernel"]
    buffers = {name: None for name in trained}
    slow = {name: tf.identity(value) for name, value in weights.items()}
    losses = []

    def average(decay):
        for name, value in weights.items():
            slow[name] = slow[name] + (1 - decay) * (value - slow[name])
            value.assign(slow[name])

    for step, (images, classes) in enumerate(zip(batches, labels)):
        targets = tf.one_hot(classes, 10, dtype=FLOAT) * 0.8 + 0.2 / 10
        with tf.GradientTape() as tape:
            logits = network(images, training=True)
            loss = tf.reduce_sum(tf.nn.softmax_cross_entropy_with_logits(targets, logits))
        gradients = tape.gradient(loss, [weights[name] for name in trained])
        losses.append(float(loss) / len(images))
        for name, gradient in zip(trained, gradients):
            if name == "whitening/bias" and step // STEPS_PER_EPOCH >= WHITENING_BIAS_EPOCHS:
                continue
            is_norm = "batch_normalization" in name
            rate = LEARNING_RATE * (BIAS_FACTOR if is_norm else 1)
            # torch.optim.SGD with nesterov=True.
            gradient = gradient + WEIGHT_DECAY / rate * weights[name]
            buffer = buffers[name]
            buffers[name] = gradient if buffer is None else MOMENTUM * buffer + gradient
            weights[name].assign_sub(SCHEDULE[step] * rate * (gradient + MOMENTUM * buffers[name]))
        if (step + 1) % 5 == 0:
            average(AVERAGING[step + 1])
    return losses, network


def views(network, images):
    """The logits of six views of each image, averaged."""

    def mirrored(x):
        return 0.5 * (network(x, training=False) + network(x[:, :, ::-1], training=False))

    padded = np.pad(images, [(0, 0), (1, 1), (1, 1), (0, 0)], mode="reflect")
    up_left, down_right = padded[:, 0:32, 0:32], padded[:, 2:34, 2:34]
    return 0.5 * mirrored(images) + 0.25 * mirrored(up_left) + 0.25 * mirrored(down_right)


def main(folder):
    workload = json.loads((folder / "workload.json").read_text())
    steps, first = workload["steps"], workload["firstImages"]
    batches = np.fromfile(folder / "images.uint8", np.uint8).reshape(steps, BATCH, 32, 32, 3)
    labels = np.fromfile(folder / "labels.uint8", np.uint8).reshape(steps, BATCH)
    images = np.fromfile(folder / "first.uint8", np.uint8).reshape(first, 32, 32, 3)
    initial = np.fromfile(folder / "initial.float32", "<f4")
    weights, end = {}, 0
    for weight in workload["weights"]:
        start, end = end, end + int(np.prod(weight["shape"]))
        weights[weight["name"]] = tf.Variable(initial[start:end].reshape(weight["shape"]).astype(FLOAT))
    given = weights["whitening/kernel"].numpy()
    ours = whitening_filters(images)
    # An eigenvector has no sign of its own, and its negative is among the filters too.
    half = ours.shape[-1] // 2
    signs = np.sign(np.sum(ours * given, axis=(0, 1, 2)))
    difference = np.max(np.abs(ours[..., :half] * signs[:half] - given[..., :half]) / np.max(np.abs(ours), axis=(0, 1, 2))[:half])
    losses, network = train(weights, batches, labels)
    kind = "64." if FLOAT is np.float64 else ""
    with open(folder / f"weights.{kind}float32", "wb") as file:
        for weight in workload["weights"]:
            file.write(weights[weight["name"]].numpy().astype("<f4").tobytes())
    test = images[: workload["views"]]
    views(network, test).numpy().astype("<f4").tofile(folder / f"views.{kind}float32")
    (folder / f"reference.{kind}json").write_text(
        json.dumps({"losses": losses, "whitening": float(difference), "tensorflow": tf.__version__})
    )


main(Path(sys.argv[1]))
