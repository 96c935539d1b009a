// A labelled slider with a number beside it: both native, so that keyboard and screen readers
// work them, and with a value of their own, so that no answer of the server moves them back.
const STEPS = 240;

export default {
  template: `
    <div class="lab-knob">
      <label :for="id">{{ label }}</label>
      <output :for="id" class="lab-value" aria-hidden="true">{{ shown }}</output>
      <input type="range" :id="id" :min="range.low" :max="range.high" :step="range.step"
        :value="position" :aria-valuetext="shown" :aria-describedby="id + '-error'"
        @input="slide($event.target)" />
      <input type="number" :value="text" :min="low" :max="high" step="any"
        :aria-label="label + ', number'" :aria-invalid="!!error"
        :aria-describedby="id + '-error'" @input="type($event.target.value)" />
      <span class="lab-unit" aria-hidden="true">{{ unit }}</span>
      <p class="lab-error" role="alert" :id="id + '-error'">{{ error }}</p>
    </div>`,
  props: {
    knob: String,
    label: String,
    unit: String,
    low: Number,
    high: Number,
    step: Number,
    start: Number,
    logarithmic: Boolean,
    error: String,
  },
  data() {
    return { current: this.start, text: String(this.start) };
  },
  computed: {
    id() {
      return "knob-" + this.knob;
    },
    shown() {
      return this.unit ? `${this.text} ${this.unit}` : this.text;
    },
    range() {
      if (this.logarithmic) return { low: 0, high: STEPS, step: 1 };
      return { low: this.low, high: this.high, step: this.step };
    },
    position() {
      if (!this.logarithmic) return this.current;
      const share = Math.log(this.current / this.low) / Math.log(this.high / this.low);
      return Math.round(STEPS * share);
    },
  },
  methods: {
    slide(input) {
      const at = Number(input.value);
      let value = at;
      if (this.logarithmic) {
        value = this.low * Math.pow(this.high / this.low, at / STEPS);
        value = Number(value.toPrecision(3));
      }
      this.current = Math.min(this.high, Math.max(this.low, Number(value.toPrecision(9))));
      this.text = String(this.current);
      this.$emit("turn", this.text);
    },
    type(text) {
      this.text = text;
      const value = Number(text);
      const valid = text !== "" && value >= this.low && value <= this.high;
      if (valid) this.current = value;
      this.$emit("turn", text);
    },
  },
};
