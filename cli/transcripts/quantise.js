// A picture's pixels as indices of few colours: text on flat grounds needs no more, and weighs a quarter.
async ([source, most]) => {
  const image = await createImageBitmap(await (await fetch(source)).blob());
  const canvas = new OffscreenCanvas(image.width, image.height);
  const pen = canvas.getContext("2d");
  pen.drawImage(image, 0, 0);
  const pixels = new Uint32Array(pen.getImageData(0, 0, image.width, image.height).data.buffer);
  const seen = new Map();
  for (const pixel of pixels) seen.set(pixel, (seen.get(pixel) || 0) + 1);
  const parts = (c) => [c & 255, (c >> 8) & 255, (c >> 16) & 255];
  const far = (a, b) => {
    const [x, y] = [parts(a), parts(b)];
    return (x[0] - y[0]) ** 2 + (x[1] - y[1]) ** 2 + (x[2] - y[2]) ** 2;
  };
  const common = [...seen.keys()].sort((a, b) => seen.get(b) - seen.get(a));
  // The most common colours first, none too near to one that is in: what remains are the edges of letters.
  const palette = [];
  for (let near = 1600; palette.length < most && near >= 25; near /= 2)
    for (const colour of common) {
      if (palette.length === most) break;
      if (palette.every((other) => far(colour, other) > near)) palette.push(colour);
    }
  const nearest = new Map();
  for (const colour of common) {
    let best = 0;
    for (let n = 1; n < palette.length; n += 1) if (far(colour, palette[n]) < far(colour, palette[best])) best = n;
    nearest.set(colour, best);
  }
  const indices = new Uint8Array(pixels.length);
  for (let n = 0; n < pixels.length; n += 1) indices[n] = nearest.get(pixels[n]);
  let text = "";
  for (let n = 0; n < indices.length; n += 32768) text += String.fromCharCode(...indices.subarray(n, n + 32768));
  return { width: image.width, height: image.height, palette: palette.map(parts), indices: btoa(text) };
}
