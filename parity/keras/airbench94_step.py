"""Times a training step of the network of the recipe airbench94 in Keras: 1,024 images, nothing augmented or averaged.

    KERAS_BACKEND=tensorflow python airbench94_step.py

Prints the number of weights, the seconds of each of seven steps, and the median of all but the first, which compiles.
"""

import os
import statistics
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy as np
from keras import layers

BATCH, STEPS = 1024, 7
MEAN = [0.4914, 0.4822, 0.4465]
DEVIATION = [0.2470, 0.2435, 0.2616]


def convolution(filters):
    return layers.Conv2D(filters, 3, padding="same", use_bias=False)


def normalization():
    return [layers.BatchNormalization(momentum=0.6, epsilon=1e-12, scale=False), layers.Activation("gelu")]


def group(filters):
    first, second = convolution(filters), convolution(filters)
    return [first, layers.MaxPooling2D(2), *normalization(), second, *normalization()]


model = keras.Sequential(
    [
        layers.Input((32, 32, 3)),
        layers.Rescaling(1 / 255),
        layers.Normalization(mean=MEAN, variance=[deviation**2 for deviation in DEVIATION]),
        layers.Conv2D(24, 2, activation="gelu"),
        *group(64),
        *group(256),
        *group(256),
        layers.MaxPooling2D(3),
        layers.Flatten(),
        layers.Dense(10, use_bias=False),
        layers.Rescaling(1 / 9),
        layers.Activation("softmax"),
    ]
)
model.compile(
    keras.optimizers.SGD(0.1, momentum=0.85, nesterov=True),
    keras.losses.CategoricalCrossentropy(label_smoothing=0.2),
    metrics=["accuracy"],
)
print(f"{model.count_params()} weights")

generator = np.random.default_rng(0)
images = generator.integers(0, 256, (BATCH, 32, 32, 3), np.uint8)
targets = keras.utils.to_categorical(generator.integers(0, 10, BATCH), 10)
seconds = []
for _ in range(STEPS):
    start = time.perf_counter()
    model.train_on_batch(images, targets)
    seconds.append(time.perf_counter() - start)
    print(f"{seconds[-1]:.2f} s", flush=True)
print(f"median {statistics.median(seconds[1:]):.2f} s")
