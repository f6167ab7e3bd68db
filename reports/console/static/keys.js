// One key, one click: whatever carries data-key is clicked by it, unless somebody is typing or has switched keys off.
(function () {
  "use strict";
  var switcher = document.getElementById("keys");
  var isOff = window.localStorage.getItem("zhaoren-keys") === "off";
  function show() {
    if (switcher) {
      switcher.hidden = false;
      switcher.textContent = switcher.getAttribute(isOff ? "data-off" : "data-on");
    }
  }
  if (switcher) {
    switcher.addEventListener("click", function () {
      isOff = !isOff;
      window.localStorage.setItem("zhaoren-keys", isOff ? "off" : "on");
      show();
    });
  }
  show();
  var isSent = false;
  document.addEventListener("keydown", function (event) {
    var at = event.target;
    var isTyping = /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName) || (event.key === "Enter" && /^(A|BUTTON|SUMMARY)$/.test(at.tagName));
    if (isOff || isSent || isTyping || event.isComposing || event.repeat || event.ctrlKey || event.altKey || event.metaKey) {
      return;
    }
    var found = document.querySelector('[data-key="' + event.key.replace(/["\\]/g, "") + '"]');
    if (found && !found.disabled) {
      isSent = true; // two keys in a hurry are one answer; the next page listens anew
      event.preventDefault();
      found.click();
    }
  });
  // Paper has nothing to unfold: what is folded is opened for it, and folded again after.
  var unfolded = [];
  window.addEventListener("beforeprint", function () {
    unfolded = Array.prototype.slice.call(document.querySelectorAll("details:not([open])"));
    unfolded.forEach(function (one) { one.open = true; });
  });
  window.addEventListener("afterprint", function () {
    unfolded.forEach(function (one) { one.open = false; });
  });
})();
