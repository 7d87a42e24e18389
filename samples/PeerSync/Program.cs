using System.CommandLine;
using PeerSync;

var timeout = new Option<int>("--timeout")
{
    Description = "Seconds after which a step that has not come to rest counts as failed.",
    DefaultValueFactory = _ => 60,
};
var withoutNode = new Option<bool>("--no-js") { Description = "Run without the JavaScript peer, even where Node is there." };
timeout.Validators.Add(result =>
{
    if (result.Tokens.Count == 1 && (!int.TryParse(result.Tokens[0].Value, out var seconds) || seconds is < 1 or > 3600))
    {
        result.AddError($"--timeout takes 1 to 3600 seconds, not '{result.Tokens[0].Value}'.");
    }
});
var root = new RootCommand("Peers in .NET and JavaScript share one store through a relay: the main job of TinyStore.Crdt, shown and checked.")
{
    timeout, withoutNode,
};
root.SetAction((parsed, cancellationToken) =>
    Demo.RunAsync(TimeSpan.FromSeconds(parsed.GetValue(timeout)), parsed.GetValue(withoutNode), cancellationToken));

var urls = new Option<string>("--urls") { Description = "The address to listen on.", DefaultValueFactory = _ => "http://127.0.0.1:5205" };
var data = new Option<DirectoryInfo>("--data") { Description = "The folder of the relay's log.", DefaultValueFactory = _ => new DirectoryInfo("relay-data") };
urls.Validators.Add(result =>
{
    if (result.Tokens.Count == 1 && !Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out _))
    {
        result.AddError($"--urls takes an address such as http://127.0.0.1:5205, not '{result.Tokens[0].Value}'.");
    }
});
var relay = new Command("relay", "Runs the relay alone until it is stopped.") { urls, data };
relay.SetAction((parsed, cancellationToken) => RelayHost.RunAsync(parsed.GetValue(urls)!, parsed.GetValue(data)!.FullName, cancellationToken));
root.Subcommands.Add(relay);

var command = root.Parse(args);
if (command.Errors.Count > 0)
{
    await Console.Error.WriteLineAsync(command.Errors[0].Message).ConfigureAwait(false);
    await Console.Error.WriteLineAsync("usage: PeerSync [--timeout SECONDS] [--no-js] | PeerSync relay [--urls ADDRESS] [--data FOLDER]").ConfigureAwait(false);
    return 2;
}

return await command.InvokeAsync().ConfigureAwait(false);
