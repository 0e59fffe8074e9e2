import { html, type Html } from "./html.ts";

const choices = [
  { number: "4242424242424242", title: "Works", text: "The payment succeeds, now and later." },
  { number: "4000000000000002", title: "Declined", text: "The bank refuses the payment." },
  { number: "4000002500003155", title: "Needs 3-D Secure", text: "The bank asks you to confirm first." },
  {
    number: "4000000000000341",
    title: "Works now, fails at renewal",
    text: "The first payment succeeds, each later one is refused.",
  },
] as const;

/** The test cards a person can choose from; the form field is `card`, its value the number. */
export function cardChoice(): Html {
  return html`<fieldset>
    <legend>Card</legend>
    ${choices.map(
      (choice, index) =>
        html`<label class="pick"
          ><input type="radio" name="card" value="${choice.number}" required${index === 0 ? html` checked` : null} />
          <span
            ><b>${choice.title}</b><span class="note">•••• ${choice.number.slice(-4)} · ${choice.text}</span></span
          ></label
        >`,
    )}
  </fieldset>`;
}
