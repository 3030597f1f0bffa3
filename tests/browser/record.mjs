// Opens page.html in a headless Chromium and records what it does: node record.mjs PLAYWRIGHT CHROMIUM API HAR [faults]
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";

const [playwright, executablePath, api, har, faults] = process.argv.slice(2);
const { chromium } = createRequire(import.meta.url)(playwright);

const page = await readFile(new URL("page.html", import.meta.url));
const server = createServer((request, reply) => {
  reply.setHeader("content-type", "text/html");
  reply.end(request.url.startsWith("/page") ? page : "");
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));

const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"];
const browser = await chromium.launch({ executablePath, args: flags });
try {
  const context = await browser.newContext({ recordHar: { path: har, content: "embed", mode: "full" } });
  const tab = await context.newPage();
  const query = `api=${encodeURIComponent(api)}${faults ? "&faults" : ""}`;
  await tab.goto(`http://127.0.0.1:${server.address().port}/page?${query}`);
  await tab.waitForFunction(() => document.title === "done", undefined, { timeout: 60_000 });
  await context.close(); // writes the recording
} finally {
  await browser.close();
  server.close();
}
