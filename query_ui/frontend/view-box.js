// The part of a drawing that is seen: moved and enlarged within bounds.

const MOST = 8;
const LEAST = 0.5;

/** Enlarges by `factor` about a point of the drawing; `full` is the size of the whole. */
export function zoomBox(box, full, factor, x = box.x + box.width / 2, y = box.y + box.height / 2) {
  const width = Math.min(full.width / LEAST, Math.max(full.width / MOST, box.width / factor));
  const scale = width / box.width;
  const height = box.height * scale;
  return { x: x - (x - box.x) * scale, y: y - (y - box.y) * scale, width, height };
}

/** Moves by parts of what is seen; some of the drawing always stays in view. */
export function panBox(box, full, right, down) {
  const within = (value, size, all) => Math.min(all - size * 0.1, Math.max(size * 0.1 - size, value));
  return {
    ...box,
    x: within(box.x + right * box.width, box.width, full.width),
    y: within(box.y + down * box.height, box.height, full.height),
  };
}
