/** Networks without batch norms train on PyTorch. */
import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { conv, dense, globalAveragePool, relu } from "../../layers/mod.ts";
import { chain, orThrow } from "../../mod.ts";
import { trainOnTorch } from "../../tasks/training/torch.ts";
import { withFolder } from "../files/_folder.ts";
import { torchTest } from "./_torch.ts";
import { request, torch } from "./_training.ts";

torchTest("PyTorch trains a network without batch norms", () =>
  withFolder(async (folder) => {
    const net = chain(conv(4, { kernel: 3, stride: 4 }), relu(), globalAveragePool(), dense(10));
    const trained = await trainOnTorch({ ...request(join(folder, "run")), net }, torch);
    assertEquals(orThrow(trained).finished, true);
  }));
