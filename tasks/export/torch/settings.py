"""Everything about a training that can be chosen; each is an option of train.py too, --batch 128."""

import os
from dataclasses import dataclass, field

from options import setting
from processor import cores


@dataclass
class Settings:
    """Everything that can be chosen."""

    data: str = setting(
        "cifar10",
        "cifar10, a folder of netfold's raw files, a folder of images, or shards-{000..099}.tar",
    )
    test_data: str = setting("", "the shards to test on")
    images: int = setting(0, "how many images the training shards hold", least=0)
    classes: tuple = setting((), "the names of the classes")
    out: str = setting(os.path.join(os.path.dirname(os.path.abspath(__file__)), "run"), "the run folder")
    epochs: int = setting(1, "passes over the training images", least=1)
    steps: int = setting(0, "ends the run before its epochs do", least=0)
    batch: int = setting(64, "images a step, of all processes and accumulated parts together", least=1)
    rate: float = setting(0.1, "the highest learning rate", least=0, most=1e6)
    rate_for: int = setting(0, "the batch for which the rate is meant; of another it has its share; 0 is any", least=0)
    warmup: float = setting(0.0, "the share of the steps in which the rate rises first, before any schedule", share=True)
    schedule: str = setting(
        "step",
        "how the rate falls",
        choices=("constant", "step", "step-imagenet", "cosine", "one-cycle", "linear", "own"),
    )
    milestones: tuple = setting((0.4, 0.6), 'shares of the run after which "step" divides the rate by 10', shares=True)
    optimizer: str = setting(
        "own",
        "the update rule, with netfold's settings and rate of it; own is what config.json says",
        choices=("sgd", "adamw", "lion", "muon", "own"),
    )
    # Each of these belongs to some optimisers, which have defaults of their own.
    momentum: float = setting(None, "the share of the last step that a step of SGD or Muon keeps", share=True)
    nesterov: bool = setting(None, "Nesterov's momentum of SGD or Muon")
    beta1: float = setting(None, "the share of the average gradient in a step of AdamW or Lion", share=True)
    beta2: float = setting(None, "the share that AdamW's average square keeps, and Lion's average gradient", share=True)
    epsilon: float = setting(None, "added to AdamW's root", least=0, most=1)
    weight_decay: float = setting(None, "part of SGD's gradient, apart from others'; Muon's of kernels", least=0, most=1e6)
    decay: str = setting(None, "what SGD, AdamW and Lion decay", choices=("all", "kernels"))
    muon_iterations: int = setting(None, "Newton-Schulz iterations of Muon", least=1, most=20)
    muon_rescale: bool = setting(None, "whether Muon brings a kernel to the norm sqrt(outputs) before each step")
    label_smoothing: float = setting(0.0, "the share of a target that all classes have alike", share=True)
    mixup: float = setting(0.0, "the alpha of mixup; 0 is none", least=0, most=1e6)
    cutmix: float = setting(0.0, "the alpha of CutMix; 0 is none", least=0, most=1e6)
    class_weights: tuple = setting((), "what each class counts for in the loss: balanced, or numbers; nothing is all alike", balanced=True)
    sampling: tuple = setting((), "how often each class is drawn, with replacement: balanced, or numbers", balanced=True)
    ema: float = setting(0.0, "the share of the average weights and running statistics that a step keeps; 0 is none", share=True)
    clip: float = setting(0.0, "the largest norm of all gradients together; 0 is none", least=0, most=1e9)
    augment: bool = setting(True, "whether images from files are cut out, mirrored and lit at random")
    pad: int = setting(0, "raw images: the border out of which they are cut", least=0, most=4096)
    edge: str = setting("zeros", "raw images: what the border shows", choices=("zeros", "reflect"))
    flip: str = setting(
        "no",
        "raw images: whether every second one is mirrored, or each in every second epoch",
        choices=("no", "yes", "alternating"),
    )
    cutout: int = setting(0, "the side of a square of each image that is left empty, in pixels; 0 is none", least=0)
    repeats: int = setting(1, "how often an image comes in a row, each time augmented anew", least=1, most=1000)
    randaugment: int = setting(0, "operations of RandAugment on each image (torchvision)", least=0, most=100)
    magnitude: int = setting(9, "how much RandAugment changes", least=0, most=30)
    erasing: float = setting(0.0, "the share of images of which a part is emptied", share=True)
    views: str = setting(
        "none",
        "the views of an image that are averaged to measure: its mirror image, and both moved by a pixel",
        choices=("none", "mirror", "six"),
    )
    validation: int = setting(0, "training images that are held out, by which the best weights are chosen", least=0)
    early_stopping: int = setting(
        0, "epochs without a better accuracy on what is held out after which training ends; 0 is none", least=0
    )
    limit: int = setting(0, "training images, of each class in proportion; 0 is all", least=0)
    seed: int = setting(0, "what everything random follows from", least=0)
    accumulate: int = setting(1, "parts of a batch, one after the other", least=1, most=1_000_000)
    precision: str = setting(
        "auto",
        "the numbers of forward and backward passes; float64 to compare with",
        choices=("auto", "float32", "bfloat16", "float16", "float64"),
    )
    channels_last: str = setting("auto", "the order of numbers in memory", choices=("auto", "yes", "no"))
    compile: str = setting("auto", "torch.compile", choices=("auto", "yes", "no"))
    compile_mode: str = setting(
        "default",
        "what compiling is after; reduce-overhead uses CUDA graphs",
        choices=("default", "reduce-overhead", "max-autotune"),
    )
    measure: str = setting(
        "float32", "how validation and test images are seen: as netfold sees them, or in the run's precision, compiled if it is",
        choices=("float32", "as-trained"),
    )
    recompute: bool = setting(False, "keeps what goes into each stage alone, and computes the rest twice: less memory, more time")
    deterministic: bool = setting(False, "the same bits in every run on a device, at the price of speed")
    fused: str = setting("auto", "the optimiser in one kernel", choices=("auto", "yes", "no"))
    fsdp: bool = setting(False, "shards parameters, gradients and optimiser over the processes")
    sync_batch_norm: bool = setting(False, "statistics of the whole batch, not of each process's share")
    shuffle: int = setting(1000, "files of shards that wait in memory, from which the next is drawn", least=1, most=10_000_000)
    workers: int = setting(cores(), "who decodes image files at the same time, in each process", least=1, most=1024)
    worker_kind: str = setting(
        "auto",
        "what decodes image files: processes, which leave Python to the steps of a card, or threads, which start at once",
        choices=("auto", "process", "thread"),
    )
    checkpoints: str = setting(
        "whole",
        "the last checkpoint while training goes on: one file, or what each process holds, written beside the steps",
        choices=("whole", "sharded"),
    )
    save_every: float = setting(60.0, "seconds between checkpoints within an epoch", least=0, most=1e9)
    profile: int = setting(0, "steps after the tenth that torch.profiler watches, into trace.json in the run folder", least=0, most=10_000)
    tensorboard: bool = setting(False, "writes TensorBoard's event files into the run folder")
    wandb: str = setting("", "the project of Weights & Biases that shows the run")
    macs: int = setting(0, "the multiply-accumulates of an image, to tell how fast the device computes", least=0)
    # What config.json has that no option says.
    own: dict = field(default_factory=dict)
