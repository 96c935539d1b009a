// A native file input that sends the file as it is; what the server says about it stands below.
export default {
  template: `
    <div class="lab-upload" @dragover.prevent @drop.prevent="send($event.dataTransfer.files[0])">
      <label :for="id">{{ label }}</label>
      <input type="file" :id="id" :accept="accept" :disabled="busy"
        :aria-describedby="id + '-error'" @change="send($event.target.files[0])" />
      <p class="lab-error" role="alert" :id="id + '-error'">{{ message }}</p>
    </div>`,
  props: { target: String, label: String, accept: String, largest: Number },
  data() {
    return { busy: false, message: "" };
  },
  computed: {
    id() {
      return "upload-" + this.target.split("/").pop();
    },
  },
  methods: {
    async send(file) {
      if (!file) return;
      if (file.size > this.largest) {
        const limit = this.largest / 1e6;
        this.message = `${file.name} is larger than ${limit} MB; send a part of it`;
        return;
      }
      this.busy = true;
      this.message = "";
      try {
        const answer = await fetch(this.target, {
          method: "POST",
          headers: { "x-file-name": encodeURIComponent(file.name) },
          body: file,
        });
        this.message = answer.ok ? (await answer.json()).error : await answer.text();
      } catch (error) {
        this.message = `the file could not be sent (${error.message})`;
      }
      this.busy = false;
    },
  },
};
