using System.Globalization;
using System.Text;
using Spectre.Console;

namespace TinyStore.Benchmarks;

/// <summary>One row of the table: the same work by ours and by the peer, in one run on one machine.</summary>
/// <param name="Work">What was done.</param>
/// <param name="Unit">The unit of both figures; smaller is better.</param>
/// <param name="Ours">Our figure.</param>
/// <param name="Peer">The peer's figure, or null where there is none.</param>
internal sealed record Figure(string Work, string Unit, double Ours, double? Peer = null)
{
    public string Ratio => Peer is { } peer && Ours > 0 ? $"{Figures.Number(peer / Ours)} ×" : "";
}

/// <summary>Collects the rows, shows them as they come and as a table and chart at the end, and writes the page.</summary>
internal sealed class Figures
{
    private readonly List<Figure> _rows = [];

    public static string Number(double value) => value switch
    {
        >= 100 => value.ToString("#,0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.00", CultureInfo.InvariantCulture),
    };

    public void Add(Figure figure)
    {
        _rows.Add(figure);
        Console.WriteLine($"{figure.Work}: {Number(figure.Ours)} {figure.Unit}{(figure.Peer is { } peer ? $", yjs {Number(peer)} {figure.Unit}, {figure.Ratio}" : "")}");
    }

    public void Show()
    {
        var table = new Spectre.Console.Table().Border(TableBorder.Rounded).AddColumns("work", "unit");
        foreach (var heading in new[] { "ours", "yjs", "times better" })
        {
            table.AddColumn(new TableColumn(heading).RightAligned());
        }

        foreach (var row in _rows)
        {
            table.AddRow(Markup.Escape(row.Work), row.Unit, Number(row.Ours), row.Peer is { } peer ? Number(peer) : "", row.Ratio);
        }

        AnsiConsole.Write(table);
        var chart = new BarChart().Label("times better than yjs").CenterLabel();
        foreach (var row in _rows.Where(r => r.Peer is not null))
        {
            chart.AddItem(Markup.Escape(row.Work), Math.Round(row.Peer!.Value / row.Ours, 1), Color.Blue);
        }

        AnsiConsole.Write(chart);
    }

    public string ToMarkdown(string machine, string command)
    {
        var page = new StringBuilder()
            .AppendLine("# Measured figures").AppendLine()
            .AppendLine(CultureInfo.InvariantCulture, $"One run of `{command}` on one machine: {machine}.")
            .AppendLine(CultureInfo.InvariantCulture, $"Medians of {Timing.Runs} runs after {Timing.WarmUps} warm-ups on both sides; \"fresh process\" is the first run of a new process. The machine is shared and noisy: compare the ratios.").AppendLine()
            .AppendLine("| work | unit | ours | yjs | times better |")
            .AppendLine("|---|---|--:|--:|--:|");
        foreach (var row in _rows)
        {
            page.AppendLine(CultureInfo.InvariantCulture, $"| {row.Work} | {row.Unit} | {Number(row.Ours)} | {(row.Peer is { } peer ? Number(peer) : "–")} | {(row.Ratio.Length > 0 ? row.Ratio : "–")} |");
        }

        return page.ToString();
    }
}
