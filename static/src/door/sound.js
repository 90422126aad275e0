// Heard and felt as well as seen.
export function tone(good) {
  try {
    const audio = new AudioContext();
    const sound = audio.createOscillator();
    sound.frequency.value = good ? 880 : 220;
    sound.connect(audio.destination);
    sound.start();
    sound.stop(audio.currentTime + (good ? 0.12 : 0.4));
    navigator.vibrate?.(good ? 80 : [120, 80, 120]);
  } catch {
    // a silent phone still shows the colour and the word
  }
}
