"""Trains an arm of the tutorial in Keras for the run's whole length, and writes its history and test metrics as JSON.

    python full_length.py CIFAR_FOLDER OUTPUT.json [--arm dropout] [--epochs 55] [--seed 0]

CIFAR_FOLDER holds the official binary files, as `dropout-lab data info` names it. Real data, Keras's own initial
weights, shuffling and dropout: the other side of `study run tutorial`, which can agree with it in distribution only.
Keras's backend is the one that KERAS_BACKEND names, else TensorFlow.
"""

import argparse
import importlib
import json
import os
import platform
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np

RECORD_BYTES = 3073

# As packages/study/studies/tutorial.ts has them.
ARMS = {
    "dropout": {},
    "no-dropout": {"rate": 0.0},
    "no-max-norm": {"max_norm": None},
    "sgd": {"optimizer": keras.optimizers.SGD},
}


def read_cifar(folder: Path, names: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Pixels 0..1 of shape [n, 32, 32, 3] and one-hot labels of shape [n, 10]."""
    records = np.concatenate([np.fromfile(folder / name, np.uint8).reshape(-1, RECORD_BYTES) for name in names])
    images = records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1).astype(np.float32) / 255
    return images, keras.utils.to_categorical(records[:, 0], 10)


def build_model(rate: float, max_norm: float | None) -> keras.Model:
    hidden = {
        "activation": "relu",
        "kernel_initializer": "he_uniform",
        "kernel_constraint": None if max_norm is None else keras.constraints.MaxNorm(max_norm),
    }
    return keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            keras.layers.Conv2D(64, 3, **hidden),
            keras.layers.MaxPooling2D(2),
            keras.layers.Dropout(rate),
            keras.layers.Conv2D(64, 3, **hidden),
            keras.layers.MaxPooling2D(2),
            keras.layers.Dropout(rate),
            keras.layers.Flatten(),
            keras.layers.Dense(256, **hidden),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )


class EpochSeconds(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.seconds: list[float] = []

    def on_epoch_begin(self, epoch, logs=None):
        self.started = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds.append(time.perf_counter() - self.started)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--arm", choices=ARMS, default="dropout")
    parser.add_argument("--epochs", type=int, default=55)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()

    keras.utils.set_random_seed(arguments.seed)
    images, labels = read_cifar(arguments.folder, [f"data_batch_{i}.bin" for i in range(1, 6)])
    test_images, test_labels = read_cifar(arguments.folder, ["test_batch.bin"])
    arm = {"rate": 0.5, "max_norm": 2.0, "optimizer": keras.optimizers.Adam, **ARMS[arguments.arm]}
    model = build_model(arm["rate"], arm["max_norm"])
    model.compile(optimizer=arm["optimizer"](), loss="categorical_crossentropy", metrics=["accuracy"])
    seconds = EpochSeconds()
    history = model.fit(
        images,
        labels,
        batch_size=250,
        epochs=arguments.epochs,
        validation_split=0.2,
        verbose=2,
        callbacks=[seconds],
    )
    test_loss, test_accuracy = model.evaluate(test_images, test_labels, batch_size=250, verbose=0)
    backend = keras.backend.backend()
    result = {
        "arm": arguments.arm,
        "seed": arguments.seed,
        "epochs": arguments.epochs,
        "versions": {
            "keras": keras.__version__,
            backend: importlib.import_module(backend).__version__,
            "python": platform.python_version(),
        },
        "history": history.history,
        "seconds": seconds.seconds,
        "test": {"loss": test_loss, "accuracy": test_accuracy},
    }
    temporary = arguments.output.with_suffix(".tmp")
    temporary.write_text(json.dumps(result, indent=2) + "\n")
    temporary.replace(arguments.output)
    print(f"Test loss: {test_loss:.4f} / Test accuracy: {test_accuracy:.4f}")


if __name__ == "__main__":
    main()
