// Talks to the simulator. Nothing here touches the page.
async function post(path, data) {
  const answer = await fetch(`/_simulator/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(data),
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.error || body.message);
  return body;
}

export const setPhone = (data) => post("phones", data);
export const askSeconds = (seconds) => post("clock", { ask_seconds: seconds });
export const askNext = () => post("clock", { ask: "next" });

export function newSid(prefix) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return prefix + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// One woman's messages leave one after the other, however fast she taps: each waits for the one before.
const queues = new Map();
export function send(phone, data) {
  const before = queues.get(phone) || Promise.resolve();
  const mine = before.then(() => post("inbound", { from: phone, ...data })).catch((error) => ({ error: String(error) }));
  queues.set(phone, mine);
  return mine;
}

// Calls `show` with each change, and `lost` with whether the simulator can't be reached. Never ends.
export async function watch(show, lost) {
  let version = 0;
  for (;;) {
    try {
      const answer = await fetch(`/_simulator/feed?since=${version}&wait=20`);
      if (!answer.ok) throw new Error(String(answer.status));
      const feed = await answer.json();
      version = feed.version;
      lost(false);
      show(feed);
    } catch {
      lost(true);
      version = 0;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}
