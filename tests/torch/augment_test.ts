/** RandAugment, random erasing and repeated augmentation, of images in memory as of those from files. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { withFolder } from "../files/_folder.ts";
import { writeProject } from "./_project.ts";
import { runPython, testFile, torchvisionTest } from "./_torch.ts";

torchvisionTest(
  "images in memory are augmented as those from files are",
  () =>
    withFolder(async (folder) => {
      const project = join(folder, "project");
      await writeProject(project);
      const env = { OMP_NUM_THREADS: "1" };
      const said = await runPython([testFile("torch/augment.py"), project, folder], { env });
      assertEquals(said.code, 0, said.stderr);
      const { randaugment, erasing, missing, channels, ...found } = JSON.parse(said.stdout);
      assertEquals(found, {
        // Of a dark image with all grey values nothing but the first operation changes nothing.
        operations: [true, [0]],
        chosen: [true, true],
        erased: true,
        shares: true,
        "from the middle": true,
        "mixed shares": true,
        // Twice the same image, and each time erased anew.
        repeats: [true, false],
        ended: [true, true, false, true],
        "stopped after": 2,
        same: [true, true],
        files: [true, false, false],
        shards: [true, 8],
      });
      // One of 14 operations changes nothing; half of the images are erased.
      assert(randaugment > 0.7 && randaugment < 1, `${randaugment} of the images were changed`);
      assert(erasing > 0.35 && erasing < 0.65, `${erasing} of the images were erased`);
      assertEquals(
        channels,
        "error: --randaugment is for grey and RGB images, and these have 4 channels",
      );
      for (const text of missing.slice(0, 2)) {
        assertStringIncludes(text, "--randaugment needs torchvision");
      }
      assertEquals(missing[2], "not refused");
    }),
);
