// Draws, moves and deletes the corners of a plot by mouse, touch and keyboard. The textarea of coordinates stays the one source of truth:
// what is drawn is written there, what is typed there is drawn. Without this script the textarea and the file do the work.
(function () {
  "use strict";
  const box = document.getElementById("plot-editor");
  const text = document.getElementById("field-geometry");
  if (!box || !text || !window.L) return;
  const say = (name, values) => Object.entries(values || {}).reduce((line, [key, value]) => line.replaceAll("{" + key + "}", value), box.dataset["say" + name]);
  const status = document.getElementById("plot-editor-area");
  const METRES_PER_DEGREE = 111320;
  const RADIUS = 6371007.2;  // of the sphere with the earth's surface: good to a part in a few hundred; the server measures exactly
  const MU = 2000 / 3;
  box.hidden = false;

  const map = L.map("plot-map", {attributionControl: false, keyboard: false, zoomSnap: 0.5, maxZoom: 20, doubleClickZoom: false});
  map.setView([35, 105], 4);
  if (box.dataset.baseUrl) L.tileLayer(box.dataset.baseUrl, {maxZoom: 20, maxNativeZoom: 18}).addTo(map);
  L.control.scale({imperial: false}).addTo(map);
  const ground = L.featureGroup().addTo(map);
  const outline = L.polygon([], {color: "#7a4b00", weight: 3, fillColor: "#d08700", fillOpacity: 0.3, interactive: false}).addTo(map);
  const handles = L.layerGroup().addTo(map);
  let corners = [];  // [lon, lat], not closed
  let markers = [];

  function read(value) {
    const found = [];
    for (const line of value.split(/[\r\n]+/)) {
      if (!line.trim()) continue;
      const pair = line.match(/^\s*([-+]?\d+(?:\.\d+)?)\s*[,，;；\s]\s*([-+]?\d+(?:\.\d+)?)\s*$/);
      if (!pair || Math.abs(pair[1]) > 180 || Math.abs(pair[2]) > 90) return null;  // degrees with signs, GeoJSON: the server reads them
      found.push([Number(pair[1]), Number(pair[2])]);
    }
    const last = found[found.length - 1];
    if (found.length > 3 && last[0] === found[0][0] && last[1] === found[0][1]) found.pop();
    return found;
  }

  const written = (corner) => corner[0].toFixed(7) + "," + corner[1].toFixed(7);
  const latlng = (corner) => [corner[1], corner[0]];

  function squareMetres(ring) {
    let sum = 0;
    ring.forEach((here, i) => {
      const next = ring[(i + 1) % ring.length];
      sum += (next[0] - here[0]) * Math.PI / 180 * (2 + Math.sin(here[1] * Math.PI / 180) + Math.sin(next[1] * Math.PI / 180));
    });
    return Math.abs(sum * RADIUS * RADIUS / 2);
  }

  function crosses(ring) {
    const side = (a, b, c) => Math.sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]));
    for (let i = 0; i < ring.length; i++) {
      for (let j = i + 2; j < ring.length; j++) {
        if (i === 0 && j === ring.length - 1) continue;
        const [a, b, c, d] = [ring[i], ring[i + 1], ring[j], ring[(j + 1) % ring.length]];
        if (side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0) return true;
      }
    }
    return false;
  }

  function tell() {
    const values = {n: corners.length, mu: (squareMetres(corners) / MU).toFixed(2)};
    status.textContent = corners.length < 3 ? say("Few", values) : crosses(corners) ? say("Crossing") : say("Area", values);
  }

  function changed(focus) {
    text.value = corners.map(written).join("\n");
    draw(focus);
  }

  function move(index, east, north) {
    const [lon, lat] = corners[index];
    corners[index] = [lon + east / (METRES_PER_DEGREE * Math.cos(lat * Math.PI / 180)), lat + north / METRES_PER_DEGREE];
    text.value = corners.map(written).join("\n");
    markers[index].setLatLng(latlng(corners[index]));
    shape();
    status.textContent = say("Moved", {n: index + 1, lon: corners[index][0].toFixed(7), lat: corners[index][1].toFixed(7)}) + " · " + status.textContent;
  }

  function remove(index) {
    corners.splice(index, 1);
    changed(Math.min(index, corners.length - 1));
    status.textContent = say("Gone", {n: index + 1}) + " · " + status.textContent;
  }

  function insertAfter(index) {
    const here = corners[index];
    const next = corners[(index + 1) % corners.length];
    corners.splice(index + 1, 0, [(here[0] + next[0]) / 2, (here[1] + next[1]) / 2]);
    changed(index + 1);
  }

  const STEPS = {ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0]};

  function pressed(event, index) {
    const step = STEPS[event.key];
    const far = event.shiftKey ? 10 : 1;
    if (step) move(index, step[0] * far, step[1] * far);
    else if (event.key === "Delete" || event.key === "Backspace") remove(index);
    else if (event.key === "Insert" || event.key === "+") insertAfter(index);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function shape() {
    outline.setLatLngs(corners.map(latlng));
    tell();
  }

  function corner(position, index) {
    const icon = L.divIcon({className: "plot-corner", html: String(index + 1), iconSize: null});
    const marker = L.marker(latlng(position), {icon, draggable: true, autoPan: true, keyboard: false}).addTo(handles);
    const element = marker.getElement();
    element.tabIndex = 0;
    element.setAttribute("role", "button");
    element.setAttribute("aria-label", say("Corner", {n: index + 1}));
    element.addEventListener("keydown", (event) => pressed(event, index));
    marker.on("drag", () => {
      const at = marker.getLatLng();
      corners[index] = [at.lng, at.lat];
      shape();
    });
    marker.on("dragend", () => changed(index));
    marker.on("contextmenu", () => remove(index));
    return marker;
  }

  function between(index) {
    const here = corners[index];
    const next = corners[(index + 1) % corners.length];
    const icon = L.divIcon({className: "plot-between", html: "+", iconSize: null});
    const marker = L.marker([(here[1] + next[1]) / 2, (here[0] + next[0]) / 2], {icon, keyboard: false}).addTo(handles);
    marker.getElement().setAttribute("aria-hidden", "true");  // the Insert key does the same
    marker.getElement().title = say("Between", {n: index + 1});
    marker.on("click", () => insertAfter(index));
  }

  function draw(focus) {
    handles.clearLayers();
    markers = corners.map(corner);
    if (corners.length > 2 && corners.length <= 60) corners.forEach((_corner, index) => between(index));
    shape();
    if (focus >= 0 && markers[focus]) markers[focus].getElement().focus({preventScroll: true});
  }

  function look() {
    const bounds = corners.length ? L.latLngBounds(corners.map(latlng)) : ground.getBounds();
    if (bounds.isValid()) map.fitBounds(bounds, {padding: [40, 40], maxZoom: 18, animate: false});
  }

  map.on("click", (event) => {
    corners.push([event.latlng.lng, event.latlng.lat]);
    changed(corners.length - 1);
  });
  text.addEventListener("input", () => {
    const found = read(text.value);
    if (found === null) return;
    corners = found;
    draw(-1);
    if (corners.length > 2) look();
  });
  box.addEventListener("click", (event) => {
    const act = event.target.dataset && event.target.dataset.do;
    if (act === "add") {
      const middle = map.getCenter();
      corners.push([middle.lng, middle.lat]);
      changed(corners.length - 1);
    } else if (act === "remove" && corners.length) remove(corners.length - 1);
    else if (act === "clear") {
      corners = [];
      changed(-1);
    }
  });

  corners = read(text.value || box.dataset.corners) || [];  // as on file: the textarea stays empty until something is changed
  draw(-1);
  look();
  fetch(box.dataset.map, {headers: {Accept: "application/json"}})
    .then((answer) => (answer.ok ? answer.json() : {areas: [], plots: []}))
    .then((found) => {
      L.geoJSON(found.areas, {interactive: false, style: {color: "#17633a", weight: 2, fillColor: "#dceee3", fillOpacity: 0.4}}).addTo(ground);
      found.plots.forEach((plot) => {
        const label = document.createElement("span");
        label.textContent = say("Own", {name: plot.name});
        L.geoJSON(plot.geometry, {style: {color: "#1d4f8f", weight: 2, fillOpacity: 0.15}}).bindTooltip(label, {sticky: true}).addTo(ground);
      });
      ground.bringToBack();
      if (!corners.length) look();
      box.dataset.ready = "yes";
    })
    .catch(() => { box.dataset.ready = "yes"; });
})();
