(() => {
const find = (selector) => document.querySelector(selector);
const toBroker = find("form[data-submit]");
if (toBroker) toBroker.submit();
const password = find("input[data-show]");
if (password) {
const button = document.createElement("button");
const status = document.createElement("span");
button.type = "button";
button.className = "nl-button nl-button--secondary";
status.className = "app-hidden";
status.setAttribute("role", "status");
const turn = (visible) => {
password.type = visible ? "text" : "password";
button.textContent = visible ? password.dataset.hide : password.dataset.show;
};
turn(false);
button.onclick = () => {
const visible = password.type === "password";
turn(visible);
status.textContent = visible ? password.dataset.shown : password.dataset.hidden;
};
password.form.addEventListener("submit", () => turn(false));
password.after(button, status);
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
