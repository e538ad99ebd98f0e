/** The README of a project for PyTorch. */
import { markdown } from "../../dsl/problem/escape.ts";
import { citationOf } from "../../nets/citations.ts";
import type { RunConfig } from "../training/config.ts";
import { PROGRAM } from "../program_name.ts";

/** The text, for a project with or without weights. */
export function readme({ name, data, recipe }: RunConfig, hasWeights: boolean): string {
  const source = citationOf(name);
  const folder = data === "cifar10" ? "" : " --data IMAGES";
  return `# ${markdown(name)} for PyTorch

${
    source === undefined
      ? ""
      : `${source}\n\n`
  }Written by netfold. Needs Python 3.10 and PyTorch 2.4 or newer${
    data === "cifar10" ? "" : ", and Pillow for image files"
  }.

| file | is |
|---|---|
| \`model.py\` | the network; \`load_netfold\` and \`save_netfold\` read and write its weights |
| \`train.py\`, \`position.py\` | training; where a run stands |
| \`settings.py\` | every setting; each is an option of \`train.py\`, \`--batch 128\` |
| \`learner.py\`, \`norms.py\` | what a step does; its batch norms |
| \`schedule.py\`, \`chosen.py\`, \`optimizer.py\`, \`muon.py\` | the rate; the optimiser that is chosen; what it does |
| \`recompute.py\`, \`sharded.py\` | less memory for more time; FSDP |
| \`datasets.py\`, \`data.py\`, \`cifar.py\`, \`images.py\`, \`shards.py\` | the data that is named; in memory; CIFAR's own files; folders of images; tar shards |
| \`views.py\`, \`workers.py\` | what the network sees of an image file; the threads or processes that decode |
| \`augment.py\`, \`mixing.py\`, \`classes.py\`, \`keys.py\` | RandAugment and erasing; mixup and CutMix; targets; what is random |
| \`watch.py\` | TensorBoard, Weights & Biases, the profiler, teraflops |
| \`pictures.py\`, \`picture.py\`, \`png.py\`, \`jpeg.py\` | the picture in an image file, the one that netfold sees |
| \`folder.py\`, \`state.py\`, \`checkpoints.py\` | the run folder; its checkpoints, which netfold reads as its own; those in shards |
| \`team.py\`, \`processor.py\`, \`options.py\` | the processes; what the processor can do; settings from \`config.json\` and the command line |
| \`tell.py\`, \`regular.py\` | what a run tells whoever watches; which files are opened |
| \`config.json\` | the network and its recipe: ${recipe.batch} images a step, rate ${recipe.rate} |
${
    hasWeights
      ? "| `weights.safetensors` | the trained weights |\n"
      : ""
  }| \`ray_train.py\`, \`slurm.sh\` | the same on a Ray cluster, with \`pip install "ray[train]"\`; under Slurm |

\`\`\`sh
python train.py${folder}                                    # one process
torchrun --nproc_per_node 8 train.py${folder}               # eight GPUs of one machine
python train.py${folder} --out run --resume                 # goes on where it was stopped
python train.py${folder} --evaluate ${hasWeights ? "weights.safetensors" : "run/best.safetensors"}
\`\`\`
${
    data === "cifar10"
      ? `
CIFAR-10 comes from netfold's cache, which \`${PROGRAM} train --steps 1\` fills, or from its own files:
\`--data DIR\` takes \`cifar-10-batches-bin\` and \`cifar-10-batches-py\`, also as torchvision leaves them.
`
      : `
IMAGES is a folder with \`train/CLASS/*.jpg\` and \`val/CLASS/*.jpg\` (PNG, JPEG, WebP, PPM), or tar shards in WebDataset's
layout, local or from an object store:

\`\`\`sh
torchrun --nproc_per_node 8 train.py --data 'pipe:aws s3 cp s3://bucket/train-{000..146}.tar -' \\
  --test-data 'pipe:aws s3 cp s3://bucket/val-{00..09}.tar -' --images 1281167
\`\`\`

\`--validation 10000\` holds training images of a folder out, by which the best weights are chosen;
of shards none can be, and the last weights count as the best. A process draws its images from
\`--shuffle 1000\` that wait in memory, so shards need not be in random order, but should not hold
one class each. An image that cannot be read is named, and another takes its place.
`
  }
\`--optimizer\` takes sgd, adamw, lion and muon, each with settings and a rate of its own.

Large networks: \`--fsdp yes\` (PyTorch 2.6 or newer) shards parameters, gradients and optimiser, whichever it is,
\`--recompute yes\` keeps what goes into each stage alone, \`--accumulate 4\` takes a batch in four parts.
\`--checkpoints sharded\` saves without a stop: each process copies what it holds and writes it beside the steps
(PyTorch's DCP), and any number of processes goes on from it. The end of a run makes \`last.safetensors\` of it;
of a run that was killed \`python checkpoints.py run\` does. With few images in each process,
\`--sync-batch-norm yes\` gives the statistics of the whole batch. Many processes then do what one
does with the same batch, up to rounding, as long as nothing is drawn on the way (dropout, mixup)
and the batch is taken in one part. Rounding grows from step to step at a high rate, as it does
between two machines; \`--precision float64\` shows that it is nothing else.

The run folder is netfold's: \`${PROGRAM} evaluate run\`, \`${PROGRAM} predict run IMAGE.png\` and
\`${PROGRAM} train --resume run\` take it from here. A run on shards is evaluated on a folder of
images, \`${PROGRAM} evaluate run --data folder:IMAGES\`.
`;
}
