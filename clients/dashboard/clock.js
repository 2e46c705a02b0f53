// One promise: its name, the time left counting each second, a bar of the time used, and when it is due.
// Between two readings of the platform the browser counts by itself; a reading that agrees is not even sent.

const shown = new Set();
setInterval(() => shown.forEach((clock) => clock.count()), 1000);

export default {
  template: `
    <div class="clock" :class="'clock--' + tone">
      <span class="clock__name">{{ name }}</span>
      <span class="clock__left" role="timer">{{ left }}</span>
      <span class="clock__bar" aria-hidden="true"><i :style="{ transform: 'scaleX(' + used + ')' }"></i></span>
      <span class="clock__due">{{ due }}</span>
    </div>`,
  props: {
    name: String,
    due: String,
    state: String,
    stopped: Boolean,
    counting: Boolean,
    remaining: Number, // seconds at the reading; below zero once broken
    total: Number, // seconds promised in all
    words: Object, // over, kept, cancelled, days
  },
  data() {
    return { seconds: this.remaining, since: performance.now() };
  },
  computed: {
    used() {
      return this.total > 0 ? Math.min(1, Math.max(0, 1 - this.seconds / this.total)) : 1;
    },
    tone() {
      if (this.state === "cancelled") return "off";
      if (this.seconds < 0 || this.state === "breached") return "broken";
      if (this.stopped) return "kept";
      if (this.state === "paused") return "paused";
      return this.used >= 0.9 ? "urgent" : this.used >= 0.75 ? "soon" : this.used >= 0.5 ? "half" : "calm";
    },
    left() {
      const time = this.spelt(Math.abs(this.seconds));
      if (this.tone === "off") return this.words.cancelled;
      if (this.tone === "broken") return this.words.over.replace("{time}", time);
      if (this.tone === "kept") return this.words.kept.replace("{time}", time);
      return time;
    },
  },
  watch: {
    remaining: "restart",
    counting: "restart",
  },
  mounted() {
    shown.add(this);
  },
  unmounted() {
    shown.delete(this);
  },
  methods: {
    restart() {
      this.since = performance.now();
      this.seconds = this.remaining;
    },
    count() {
      if (this.counting) this.seconds = this.remaining - Math.round((performance.now() - this.since) / 1000);
    },
    spelt(seconds) {
      const two = (number) => String(Math.floor(number)).padStart(2, "0");
      const time = two((seconds % 86400) / 3600) + ":" + two((seconds % 3600) / 60) + ":" + two(seconds % 60);
      const days = Math.floor(seconds / 86400);
      return days ? this.words.days.replace("{days}", days).replace("{time}", time) : time;
    },
  },
};
