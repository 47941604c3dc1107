// Tells the page around this frame how tall its content is, and nothing else.
const tell = () => {
  const height = Math.ceil(document.documentElement.getBoundingClientRect().height);
  parent.postMessage({ type: "concordat-kg:height", height }, "*");
};
if (parent !== window) {
  // Browsers put off the observer while the frame is out of sight, so these tell as well.
  tell();
  addEventListener("load", tell);
  document.fonts.ready.then(tell);
  new ResizeObserver(tell).observe(document.documentElement);
  addEventListener("message", (event) => {
    if (event.source === parent && event.data?.type === "concordat-kg:ask") tell();
  });
}
