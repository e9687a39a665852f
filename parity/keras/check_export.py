"""Checks that the command exchanges weights between a run of dropout-lab and Keras 3 in both directions.

    python check_export.py RUN

RUN is the folder of a run on CIFAR-10, channels last; the command must be built (npm run build).

Export: exports the run, loads the file into the Keras model of the same layers, and compares the probabilities of the
three most likely classes of the first 100 test images with those of `dropout-lab predict`.
Import: trains that Keras model further, saves it as .weights.h5 and as .keras, imports each and compares again; then
exports the imported runs, whose arrays must equal Keras's to the bit.

Exits with 1 when a probability differs by more than 1e-5, or when any weight differs.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from formulas import Formulas, keras, tf
import numpy as np

TOLERANCE = 1e-5
IMAGES = 100
ROOT = Path(__file__).resolve().parents[2]
CLI = ROOT / "apps/trainer/dist/cli.js"
DESCRIBE = ROOT / "parity/dist/keras-model.js"


def dropout_lab(*arguments):
    command = ["node", str(CLI), *map(str, arguments)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def read_model(run):
    """Returns the formulas of parity/src/formulas.ts and the layers of the run's model."""
    described = subprocess.run(["node", str(DESCRIBE), str(run)], check=True, stdout=subprocess.PIPE, text=True).stdout
    described = json.loads(described)
    return Formulas(described["formulas"]), described["model"]


def read_test_images():
    """Reads the first test images, uint8 [n, 32, 32, 3], and their labels, from the command's own cache."""
    info = dropout_lab("data", "info").splitlines()
    folder = next(line.removeprefix("Folder: ") for line in info if line.startswith("Folder: "))
    records = np.fromfile(Path(folder) / "test_batch.bin", np.uint8).reshape(-1, 3073)[:IMAGES]
    return records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), records[:, 0]


def largest_difference(run, files, model, images):
    """Returns the largest difference between the probabilities of our three most likely classes and Keras's."""
    names = json.loads((run / "run.json").read_text())["classNames"]
    expected = model.predict(images.astype(np.float32) / 255, batch_size=IMAGES, verbose=0)
    predictions = map(json.loads, dropout_lab("predict", run, *files, "--json").splitlines())
    differences = [
        abs(found["probability"] - row[names.index(found["className"])])
        for row, prediction in zip(expected, predictions, strict=True)
        for found in prediction["classes"]
    ]
    assert len(differences) == 3 * IMAGES
    return float(max(differences))


def main(run):
    manifest = json.loads((run / "run.json").read_text())
    formulas, spec = read_model(run)
    model = formulas.model(spec)
    images, labels = read_test_images()
    good = True

    def report(what, difference, limit):
        nonlocal good
        good = good and difference <= limit
        print(f"{what}: {difference:.3g} ({'ok' if difference <= limit else f'expected at most {limit}'})")

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = [folder / f"{i}.png" for i in range(IMAGES)]
        for file, image in zip(files, images):
            file.write_bytes(tf.io.encode_png(image).numpy())
        (folder / "config.json").write_text(json.dumps(manifest["config"]))

        print(f"Keras {keras.__version__}, TensorFlow {tf.__version__}, {IMAGES} test images of CIFAR-10")
        dropout_lab("export", run, "--output", folder / "ours.weights.h5")
        model.load_weights(folder / "ours.weights.h5")
        difference = largest_difference(run, files, model, images)
        report("exported: largest difference of a probability", difference, TOLERANCE)

        model.compile("adam", "sparse_categorical_crossentropy")
        model.fit(images / np.float32(255), labels, batch_size=25, verbose=0)
        model.save_weights(folder / "keras.weights.h5")
        model.save(folder / "keras.keras")
        for file in ("keras.weights.h5", "keras.keras"):
            imported = folder / f"run-of-{file}"
            dropout_lab("import", folder / file, "--config", folder / "config.json", "--run-dir", imported)
            difference = largest_difference(imported, files, model, images)
            report(f"imported {file}: largest difference of a probability", difference, TOLERANCE)
            dropout_lab("export", imported)
            again = formulas.model(spec)
            again.load_weights(imported / "last.weights.h5")
            pairs = zip(model.get_weights(), again.get_weights(), strict=True)
            changed = sum(a.tobytes() != b.tobytes() for a, b in pairs)
            report(f"imported {file} and exported: weights that differ", changed, 0)
    return 0 if good else 1


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1])))
