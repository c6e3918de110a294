// Records a voice note from this computer's microphone. The sound goes to the simulator alone.
const LONGEST_SECONDS = 300;

export function canRecord() {
  return Boolean(navigator.mediaDevices && window.MediaRecorder);
}

// Shows `bar` while it records; `sent` gets the sound and its type, `failed` is called where there is no microphone.
export async function record(bar, sent, failed) {
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch {
    failed();
    return;
  }
  const kind = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus"].find((one) => MediaRecorder.isTypeSupported(one));
  const recorder = new MediaRecorder(stream, { ...(kind && { mimeType: kind }), audioBitsPerSecond: 16000 });
  const pieces = [];
  let keep = false;
  const stop = (send) => {
    keep = send;
    if (recorder.state !== "inactive") recorder.stop();
  };
  const timer = setTimeout(() => stop(true), LONGEST_SECONDS * 1000);
  recorder.addEventListener("dataavailable", (event) => pieces.push(event.data));
  recorder.addEventListener("stop", () => {
    clearTimeout(timer);
    for (const track of stream.getTracks()) track.stop();
    bar.hidden = true;
    if (keep) sent(new Blob(pieces), recorder.mimeType.split(";")[0]);
  });
  bar.querySelector("[data-record=send]").onclick = () => stop(true);
  bar.querySelector("[data-record=cancel]").onclick = () => stop(false);
  bar.hidden = false;
  bar.querySelector("[data-record=send]").focus();
  recorder.start();
}
