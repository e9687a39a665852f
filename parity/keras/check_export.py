"""Checks what the command exports of a run, in every format, with that format's own readers, and what it imports from Keras 3.

    pip install -r packages/interchange/fixtures/requirements.txt
    python check_export.py RUN

RUN is the folder of a run on CIFAR-10, channels last; the command must be built (npm run build).

Export: keras-weights, loads the file into the Keras model of the same layers, and compares the probabilities of the
three most likely classes of the first 100 test images with those of `dropout-lab predict`.
keras, onnx, safetensors and hub: the same with the model that load_model opens, which then trains a step; with onnxruntime, after
ONNX's checker; the arrays that Python's safetensors reads; and the model card that huggingface_hub reads. Each that can be
imported again is, and its weights must be the run's to the bit.
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
from huggingface_hub import ModelCard
import numpy as np
import onnx
import onnxruntime
import safetensors.numpy

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
    expected = model.predict(images.astype(np.float32) / 255, batch_size=IMAGES, verbose=0)
    return largest_difference_from(run, files, expected)


def largest_difference_from(run, files, expected):
    """Returns the largest difference between the probabilities of our three most likely classes and others."""
    names = json.loads((run / "run.json").read_text())["classNames"]
    predictions = map(json.loads, dropout_lab("predict", run, *files, "--json").splitlines())
    differences = [
        abs(found["probability"] - row[names.index(found["className"])])
        for row, prediction in zip(expected, predictions, strict=True)
        for found in prediction["classes"]
    ]
    assert len(differences) == 3 * IMAGES
    return float(max(differences))


def weights_that_differ(run, imported):
    """Returns the number of arrays in which two runs differ, as Python's safetensors reads them."""
    arrays = []
    for one in (run, imported):
        file = imported / f"{'theirs' if one == run else 'own'}.safetensors"
        dropout_lab("export", one, "--output", file)
        arrays.append(safetensors.numpy.load_file(file))
    assert set(arrays[0]) == set(arrays[1])
    return sum(arrays[0][name].tobytes() != arrays[1][name].tobytes() for name in arrays[0])


def check_formats(run, files, images, labels, folder, report):
    pixels = images.astype(np.float32) / 255

    dropout_lab("export", run, "--output", folder / "ours.keras")
    loaded = keras.saving.load_model(folder / "ours.keras")
    difference = largest_difference_from(run, files, loaded.predict(pixels, batch_size=IMAGES, verbose=0))
    report("keras: largest difference of a probability", difference, TOLERANCE)
    if loaded.compiled:
        targets = np.eye(loaded.output_shape[1], dtype=np.float32)[labels]
        losses = loaded.fit(pixels, targets, batch_size=25, verbose=0).history["loss"]
        report("keras: losses of a further step that are not finite", int(not np.isfinite(losses).all()), 0)

    dropout_lab("export", run, "--output", folder / "ours.onnx")
    onnx.checker.check_model(onnx.load(folder / "ours.onnx"), full_check=True)
    session = onnxruntime.InferenceSession(folder / "ours.onnx", providers=["CPUExecutionProvider"])
    [expected] = session.run(None, {"images": pixels})
    difference = largest_difference_from(run, files, expected)
    report("onnx: largest difference of a probability", difference, TOLERANCE)

    dropout_lab("export", run, "--format", "hub", "--output", folder / "hub")
    card = ModelCard.load(folder / "hub" / "README.md").data
    evaluation = json.loads((run / "evaluation.json").read_text())
    metrics = {one.metric_type: one.metric_value for one in card.eval_results}
    report("hub: metrics that differ", sum(metrics[name] != evaluation[name] for name in ("accuracy", "loss")), 0)

    dropout_lab("export", run, "--output", folder / "ours.safetensors")
    for name in ("ours.keras", "ours.safetensors", "hub/model.keras", "hub/model.safetensors"):
        imported = folder / f"from-{name.replace('/', '-')}"
        dropout_lab("import", folder / name, "--run-dir", imported)
        report(f"{name} imported and exported: weights that differ", weights_that_differ(run, imported), 0)


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

        print(f"Keras {keras.__version__}, TensorFlow {tf.__version__}, onnxruntime {onnxruntime.__version__}")
        print(f"{IMAGES} test images of CIFAR-10")
        dropout_lab("export", run, "--output", folder / "ours.weights.h5")
        model.load_weights(folder / "ours.weights.h5")
        difference = largest_difference(run, files, model, images)
        report("exported: largest difference of a probability", difference, TOLERANCE)

        check_formats(run, files, images, labels, folder, report)

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
