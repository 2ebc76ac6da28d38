(function () {
  "use strict";
  // Filters live in the address after "#", so that a link leads to a filtered view.
  var form = document.getElementById("filter");
  var shown = document.getElementById("shown");
  var nothing = document.getElementById("nothing");
  var fields = ["q", "party", "status", "area", "section"];
  var groups = Array.from(document.querySelectorAll("#questions tbody")).map(function (body) {
    var heading = body.querySelector(".sec b");
    return {
      body: body,
      section: heading ? heading.textContent : "",
      rows: Array.from(body.querySelectorAll("tr[data-p]")).map(function (row) {
        return { row: row, party: row.dataset.p, status: row.dataset.s, areas: row.dataset.a.split(" "), text: null };
      })
    };
  });
  var total = groups.reduce(function (sum, group) { return sum + group.rows.length; }, 0);

  function folded(text) {
    return text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  }

  var sections = Array.from(new Set(groups.map(function (group) { return group.section; })));
  sections.forEach(function (section) {
    if (section) form.elements.section.add(new Option(section, section));
  });
  form.elements.section.parentNode.hidden = form.elements.section.options.length < 2;

  function text(group, entry) {
    if (entry.text === null) entry.text = folded(group.section + " " + entry.row.textContent);
    return entry.text;
  }

  function apply() {
    var want = {};
    fields.forEach(function (field) { want[field] = form.elements[field].value; });
    var words = folded(want.q).split(/\s+/).filter(Boolean);
    var count = 0;
    groups.forEach(function (group) {
      var any = false;
      var here = !want.section || group.section === want.section;
      group.rows.forEach(function (entry) {
        var fits = here &&
          (!want.party || entry.party === want.party) &&
          (!want.status || entry.status === want.status) &&
          (!want.area || entry.areas.indexOf(want.area) >= 0) &&
          words.every(function (word) { return text(group, entry).indexOf(word) >= 0; });
        if (entry.row.hidden === fits) entry.row.hidden = !fits;
        if (fits) { any = true; count += 1; }
      });
      if (group.body.hidden === any) group.body.hidden = !any;
    });
    var by = fields.filter(function (field) { return want[field]; }).map(function (field) {
      var control = form.elements[field];
      var value = control.options ? control.options[control.selectedIndex].text : "“" + want[field] + "”";
      return control.dataset.name + " " + value;
    });
    shown.textContent = by.length ? count + " of " + total + " questions: " + by.join(", ") : total + " questions";
    nothing.hidden = count > 0 || total === 0;
    form.elements.clear.disabled = by.length === 0;
  }

  function fromAddress() {
    var given = new URLSearchParams(location.hash.slice(1));
    fields.forEach(function (field) {
      var control = form.elements[field];
      control.value = given.get(field) || "";
      if (control.options && control.selectedIndex < 0) control.value = "";
    });
    apply();
  }

  function toAddress() {
    var set = new URLSearchParams();
    fields.forEach(function (field) {
      if (form.elements[field].value) set.set(field, form.elements[field].value);
    });
    apply();
    try {
      history.replaceState(null, "", "#" + set.toString());
    } catch (refused) {
      // Some browsers keep local files, or fast typing, from changing the address; the filter holds all the same.
    }
  }

  var waiting = 0;
  form.addEventListener("input", function () {
    clearTimeout(waiting);
    waiting = setTimeout(toAddress, 120);
  });
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    toAddress();
  });
  form.elements.clear.addEventListener("click", function () {
    fields.forEach(function (field) { form.elements[field].value = ""; });
    toAddress();
    form.elements.q.focus();
  });
  // A count that is clicked filters, and leads to the questions; so does a link to a filtered view.
  function arrive() {
    fromAddress();
    if (location.hash.indexOf("=") < 0) return;
    form.scrollIntoView();
    shown.focus({ preventScroll: true });
  }
  window.addEventListener("hashchange", function () {
    if (location.hash.indexOf("=") >= 0) arrive();
  });
  form.hidden = false;
  document.documentElement.className = "live";
  arrive();
})();
