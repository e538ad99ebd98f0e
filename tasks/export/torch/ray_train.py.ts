// deno-fmt-ignore-file: the lines are those of the source.
/** Written by `deno task generate`: the text of `ray_train.py`, edit `ray_train.py` instead. */
const source: string = `"""The training of train.py on a Ray cluster: python ray_train.py --ray-workers 8 [--gpus] [OPTIONS OF train.py]"""

import argparse
import os
import sys
import uuid


def work(arguments):
    """What each worker runs; Ray has set up the processes as torchrun would."""
    from ray import train as ray_train

    context = ray_train.get_context()
    os.environ.update(
        WORLD_SIZE=str(context.get_world_size()),
        RANK=str(context.get_world_rank()),
        LOCAL_RANK=str(context.get_local_rank()),
        # Ray does not say whether these workers stand in for others; the folder does.
        TORCHELASTIC_RUN_ID=arguments["launch"],
        TORCHELASTIC_RESTART_COUNT="1",
    )
    # A worker begins elsewhere; paths among the options are relative to where the user stood.
    os.chdir(arguments["start"])
    sys.path.insert(0, arguments["folder"])
    from tell import teller
    from train import read, train

    given, config, settings = read(arguments["options"])
    tell = teller(given.events)

    def told(kind, what):
        tell(kind, what)
        if kind == "epoch":
            ray_train.report(what)

    # Reports are a meeting of all workers, so every one of them reports its epochs.
    train(settings, config, told, given.resume, given.weights)


def main():
    from ray.train import FailureConfig, RunConfig, ScalingConfig
    from ray.train.torch import TorchConfig, TorchTrainer
    from team import BACKENDS

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ray-workers", type=int, default=2, help="processes")
    parser.add_argument("--gpus", action="store_true", help="give each process a GPU")
    parser.add_argument("--ray-failures", type=int, default=0, help="how often workers that died begin anew")
    given, options = parser.parse_known_args()
    folder = os.path.dirname(os.path.abspath(__file__))
    trainer = TorchTrainer(
        work,
        train_loop_config={"folder": folder, "start": os.getcwd(), "options": options, "launch": uuid.uuid4().hex},
        torch_config=TorchConfig(backend=BACKENDS["cuda" if given.gpus else "cpu"]),
        scaling_config=ScalingConfig(num_workers=given.ray_workers, use_gpu=given.gpus),
        run_config=RunConfig(name="netfold", failure_config=FailureConfig(max_failures=given.ray_failures)),
    )
    trainer.fit()


if __name__ == "__main__":
    main()
`;

export default source;
