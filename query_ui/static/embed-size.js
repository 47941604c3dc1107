// Sets the height of frames of this site in a page of another one. A message counts only where it
// comes from such a frame, and its height only within bounds.
(() => {
  const origin = new URL(document.currentScript.src).origin;
  const frames = () => [...document.querySelectorAll("iframe")];
  addEventListener("message", (event) => {
    if (event.origin !== origin || event.data?.type !== "concordat-kg:height") return;
    const height = Number(event.data.height);
    if (!(height > 0 && height < 20000)) return;
    const frame = frames().find((one) => one.contentWindow === event.source);
    if (frame) frame.height = height;
  });
  // Frames that were there before this script have told their height already.
  for (const frame of frames()) {
    if (frame.src.startsWith(`${origin}/`)) frame.contentWindow?.postMessage({ type: "concordat-kg:ask" }, "*");
  }
})();
