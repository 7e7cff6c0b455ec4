(() => {
const find = (selector) => document.querySelector(selector);
const toBroker = find("form[data-app-submit]");
if (toBroker) toBroker.submit();
const field = find("[data-app-password]");
if (field) {
const words = field.dataset;
const password = field.querySelector("input");
const button = document.createElement("button");
const status = document.createElement("span");
button.type = "button";
button.className = "nl-button nl-button--secondary";
status.className = "app-visually-hidden";
status.setAttribute("role", "status");
const turn = (visible) => {
password.type = visible ? "text" : "password";
button.textContent = visible ? words.hide : words.show;
};
turn(false);
button.onclick = () => {
const visible = password.type === "password";
turn(visible);
status.textContent = visible ? words.shown : words.hidden;
};
password.form.addEventListener("submit", () => turn(false));
password.parentNode.classList.add("app-with-button");
password.after(button, status);
}
const stillThere = find("dialog[data-app-idle]");
if (stillThere) {
const {appIdle, appWarning} = stillThere.dataset;
let end;
const begin = () => {
clearTimeout(end);
setTimeout(() => stillThere.showModal(), (appIdle - appWarning) * 1000);
end = setTimeout(() => location.assign("/koppelen"), appIdle * 1000);
};
stillThere.addEventListener("close", async () => {
const {status} = await fetch("/sessie");
if (status === 204) begin();
});
begin();
}
const menu = find("details.app-menu");
if (menu) {
document.addEventListener("keydown", (event) => {
if (event.key !== "Escape" || !menu.open) return;
menu.open = false;
menu.firstElementChild.focus();
});
document.addEventListener("click", (event) => {
if (!menu.contains(event.target)) menu.open = false;
});
}
})();
