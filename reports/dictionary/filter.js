// Shows the indicators that hold every word typed. Without scripts the box stays hidden and the page is whole.
(function () {
  "use strict";
  var form = document.getElementById("find"), words = document.getElementById("words"), found = document.getElementById("found");
  var articles = Array.prototype.slice.call(document.querySelectorAll("article.indicator"));
  var sections = Array.prototype.slice.call(document.querySelectorAll("section.dimension"));
  var texts = articles.map(function (article) {
    return (article.textContent + " " + article.parentNode.querySelector("h2").textContent).toLowerCase();
  });
  function show() {
    var wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean), count = 0;
    articles.forEach(function (article, at) {
      var fits = wanted.every(function (word) { return texts[at].indexOf(word) >= 0; });
      article.hidden = !fits;
      if (fits) { count += 1; }
    });
    sections.forEach(function (section) { section.hidden = !section.querySelector("article:not([hidden])"); });
    document.body.classList.toggle("finding", wanted.length > 0);
    found.textContent = wanted.length ? count + " of " + articles.length + (count ? "" : ": try fewer or other words") : "";
  }
  words.addEventListener("input", show);
  words.addEventListener("keydown", function (event) { if (event.key === "Escape") { words.value = ""; show(); } });
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  // A link into a part that the filter hides shows everything again.
  window.addEventListener("hashchange", function () {
    var target = document.getElementById(location.hash.slice(1));
    if (target && target.closest("[hidden], .finding .guide")) { words.value = ""; show(); target.scrollIntoView(); }
  });
  document.body.classList.add("scripted");
  form.hidden = false;
  show();
})();
