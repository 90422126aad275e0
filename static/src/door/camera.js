// The camera: open it, hand over frames until told to stop.
export async function open(video) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } }, audio: false });
  video.srcObject = stream;
  await video.play();
  return () => {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
}

// Calls `look(video)` about eight times a second, one look at a time, while `active()` is true.
export async function watch(video, look, active) {
  while (active()) {
    const began = performance.now();
    await look(video);
    await new Promise((done) => setTimeout(done, Math.max(20, 125 - (performance.now() - began))));
  }
}
