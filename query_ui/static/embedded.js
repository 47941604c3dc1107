// Tells the page around this frame how tall its content is, and nothing else.
const tell = () => {
  const height = Math.ceil(document.documentElement.getBoundingClientRect().height);
  parent.postMessage({ type: "concordat-kg:height", height }, "*");
};
if (parent !== window) {
  tell(); // at once, since browsers put off the observer while the frame is out of sight
  new ResizeObserver(tell).observe(document.documentElement);
  addEventListener("message", (event) => {
    if (event.source === parent && event.data?.type === "concordat-kg:ask") tell();
  });
}
