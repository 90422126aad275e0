// Plots beside their tables: each reads its figures from the table, so that the two cannot differ.
import { BarChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

echarts.use([BarChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

// each at least 3:1 against the paper of both themes (WCAG 1.4.11); neighbours are parted by a gap of paper
const COLOURS = ["#2f7f97", "#b0741c", "#5f8f3c", "#9a66a0", "#4f7fc4", "#808890"];
const MOST = COLOURS.length; // more series than that nobody can tell apart
const words = (cell) => cell.textContent.trim();
const figure = (cell) => Number(words(cell).replace(/[^\d.-]/g, "")) || 0;

// {heads, rows: [{name, figures}]} of the rows that are to be drawn; a column that sums the others is left out.
function read(table) {
  const heads = [...table.tHead.rows[0].cells].slice(1);
  const columns = heads.map((cell, place) => (cell.dataset.sum === undefined ? place : -1)).filter((place) => place >= 0);
  const rows = [...table.tBodies[0].rows].filter((row) => row.dataset.plotted !== undefined);
  return {
    heads: columns.map((place) => words(heads[place])),
    rows: rows.map((row) => ({ name: words(row.cells[0]), figures: columns.map((place) => figure(row.cells[place + 1])) })),
  };
}

// `across`: the columns are the axis and each row is a series; else each column is a series over the rows.
function series({ heads, rows }, across) {
  const named = across
    ? rows.slice(0, MOST).map((row) => ({ name: row.name, data: row.figures }))
    : heads.map((name, place) => ({ name, data: rows.map((row) => row.figures[place]) }));
  return { axis: across ? heads : rows.map((row) => row.name), named };
}

function draw(box) {
  const across = box.dataset.plot === "across";
  const { axis, named } = series(read(box.parentElement.querySelector("table")), across);
  if (!named.some((one) => one.data.some(Boolean))) return;
  box.hidden = false;
  const chart = echarts.getInstanceByDom(box) ?? echarts.init(box);
  const ink = getComputedStyle(box).color;
  const label = { color: ink, hideOverlap: true };
  const gap = { borderColor: getComputedStyle(document.documentElement).getPropertyValue("--paper").trim(), borderWidth: 1 };
  chart.setOption(
    {
      animation: false,
      aria: { enabled: false },
      grid: { left: 8, right: 8, top: 36, bottom: 8, containLabel: true },
      legend: { type: "scroll", top: 0, bottom: "auto", textStyle: { color: ink } },
      color: COLOURS,
      tooltip: { trigger: "axis", renderMode: "richText" },
      xAxis: { type: "category", data: axis, axisLabel: label },
      yAxis: { type: "value", minInterval: 1, axisLabel: label, splitLine: { lineStyle: { opacity: 0.25 } } },
      series: named.map((one) => ({ ...one, type: "bar", itemStyle: gap, stack: across ? "all" : undefined })),
    },
    true,
  );
  chart.resize();
}

const all = () => document.querySelectorAll("[data-plot]").forEach(draw);
all();
document.addEventListener("htmx:afterSettle", all);
addEventListener("resize", () => document.querySelectorAll("[data-plot]").forEach((box) => echarts.getInstanceByDom(box)?.resize()));
