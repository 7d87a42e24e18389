using Spectre.Console;

namespace Persist;

/// <summary>Tables and colour on a terminal, plain lines where the output is redirected.</summary>
internal sealed class Screen
{
    private readonly bool _plain = Console.IsOutputRedirected;
    private int _step;

    /// <summary>How many checks did not hold.</summary>
    public int Failed { get; private set; }

    /// <summary>How many checks held.</summary>
    public int Held { get; private set; }

    public void Step(string title)
    {
        _step++;
        if (_plain)
        {
            Console.WriteLine($"{_step}. {title}");
        }
        else
        {
            AnsiConsole.Write(new Rule($"[bold]{_step}. {Markup.Escape(title)}[/]").LeftJustified());
        }
    }

    public void Say(string text)
    {
        if (_plain)
        {
            Console.WriteLine($"   {text}");
        }
        else
        {
            AnsiConsole.MarkupLine($"[grey]{Markup.Escape(text)}[/]");
        }
    }

    public void Check(string what, bool holds)
    {
        Held += holds ? 1 : 0;
        Failed += holds ? 0 : 1;
        if (_plain)
        {
            Console.WriteLine($"   {(holds ? "ok" : "NOT SO")}: {what}");
        }
        else
        {
            AnsiConsole.MarkupLine($"{(holds ? "[green]ok[/]" : "[red]NOT SO[/]")} {Markup.Escape(what)}");
        }
    }

    public void Show(string[] columns, IEnumerable<string[]> rows)
    {
        if (_plain)
        {
            Console.WriteLine($"   {string.Join(" | ", columns)}");
            foreach (var row in rows)
            {
                Console.WriteLine($"   {string.Join(" | ", row)}");
            }
            return;
        }
        var table = new Spectre.Console.Table().Border(TableBorder.Rounded);
        foreach (var column in columns)
        {
            table.AddColumn(Markup.Escape(column));
        }
        foreach (var row in rows)
        {
            table.AddRow(row.Select(Markup.Escape).ToArray());
        }
        AnsiConsole.Write(table);
    }
}
