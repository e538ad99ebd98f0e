// deno-fmt-ignore-file: the lines are those of the source.
/** Written by `deno task generate`: the text of `slurm.sh`, edit `slurm.sh` instead. */
const source: string = `#!/bin/bash
# Trains on several machines under Slurm: sbatch slurm.sh [OPTIONS OF train.py]
# Slurm warns before the time is up; the run then saves, and this script queues itself to go on.
#SBATCH --job-name=netfold
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=1
#SBATCH --gpus-per-node=8
#SBATCH --cpus-per-task=64
#SBATCH --time=24:00:00
#SBATCH --signal=B:TERM@300
#SBATCH --requeue
#SBATCH --open-mode=append

head=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)
again() {
  # A TERM to srun itself would have it kill its tasks; this goes to the tasks, which save.
  scancel --signal=TERM "$SLURM_JOB_ID"
  wait "$training"
  scontrol requeue "$SLURM_JOB_ID"
  exit 0
}
trap again TERM
# Since Slurm 22.05 srun does not take the CPUs of a task from sbatch.
export SRUN_CPUS_PER_TASK="$SLURM_CPUS_PER_TASK"

srun torchrun --nnodes "$SLURM_JOB_NUM_NODES" --nproc_per_node 8 \\
  --rdzv_id "$SLURM_JOB_ID" --rdzv_backend c10d --rdzv_endpoint "$head:29500" \\
  train.py --out run --resume "$@" &
training=$!
wait "$training"
`;

export default source;
