/** The camera of the board's part Try, as a person uses it. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { browserTest } from "../_browser.ts";
import { withBoard } from "./_board.ts";
import { faults } from "./_faults.ts";
import { Page } from "./_page.ts";

/** A camera that shows a clock, and a user who allows it. */
const CAMERA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];

const BUTTON = `[...document.querySelectorAll(".camera button")]`;

/** Clicks on a button of the camera once it can be clicked. */
async function press(page: Page, text: string): Promise<void> {
  const found = `${BUTTON}.find((one) => one.textContent === ${JSON.stringify(text)})`;
  await page.until(`${found} && !${found}.disabled`);
  await page.value(`${found}.click()`);
}

/** What the first picture shows, as the network sees it. */
const PIXELS = `document.querySelector(".answer canvas")?.toDataURL()`;

browserTest("the network looks at what the camera sees", async (browser) => {
  await withBoard(browser.folder, async (address) => {
    const here = `${address}#/try?pretrained=cifar%2Fattention-8`;
    const allowing = { ...browser, flags: [...browser.flags, ...CAMERA] };
    await Page.with(allowing, async (page) => {
      await page.look(1280, "light");
      await page.goTo(here);
      await page.until(`document.querySelector(".standing output").textContent.includes("wasm")`);
      await press(page, "Camera");
      await press(page, "Take a picture");
      await page.until(`document.querySelectorAll(".guesses li").length === 5`);
      assertEquals(await page.texts("h2"), ["camera 1"]);

      // Live, one picture after the other takes the same place.
      await page.click(".camera input");
      await page.until(`document.querySelectorAll(".guesses li").length === 10`);
      assertEquals(await page.texts("h2"), ["camera, live", "camera 1"]);
      const before = JSON.stringify(await page.value(PIXELS));
      await page.until(`${PIXELS} && ${PIXELS} !== ${before}`);
      assertEquals((await page.texts("h2")).length, 2);
      await page.look(390, "dark");
      const root = "document.documentElement";
      await page.until(`${root}.scrollWidth === ${root}.clientWidth`);
      assertEquals(await faults(page), []);

      // Taken away, it does not come back; closed, the camera is let go.
      await page.click("article[aria-label='camera, live'] > .tools button");
      await page.until(`!document.querySelector(".camera input").checked`);
      await page.value(`camera = document.querySelector("video").srcObject; 0`);
      await press(page, "Close");
      await page.until(`!document.querySelector("video")`);
      await page.until(`camera.getTracks().every(({ readyState }) => readyState === "ended")`);
      assertEquals(await page.texts("h2"), ["camera 1"]);
      const complaints = (await page.complaints()).map((one) => JSON.stringify(one));
      assert(complaints.every((one) => one.includes("No available adapters.")), complaints.join());
    });

    const refusing = { ...browser, flags: [...browser.flags, "--deny-permission-prompts"] };
    await Page.with(refusing, async (page) => {
      await page.goTo(here);
      await press(page, "Camera");
      await page.until(`document.querySelector(".camera [role=alert]")`);
      const said = (await page.texts(".camera [role=alert]")).join();
      assertStringIncludes(said, "The camera cannot be used:");
      assertStringIncludes(said, "hint");
      assertEquals(await faults(page), []);
    });
  });
});
