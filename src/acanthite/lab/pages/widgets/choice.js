// A labelled choice of one of several: native, so that keyboard and screen readers work it.
export default {
  template: `
    <div class="lab-field">
      <label :for="id">{{ label }}</label>
      <select :id="id" @change="$emit('choose', $event.target.value)">
        <option v-for="name in names" :key="name" :value="name">{{ name }}</option>
      </select>
    </div>`,
  props: { choice: String, label: String, names: Array },
  computed: {
    id() {
      return "choice-" + this.choice;
    },
  },
};
