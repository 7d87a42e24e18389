using NativeAot;

// dotnet publish samples/NativeAot -o out && out/NativeAot [ADDRESS OF A RELAY]
Uri? relay = null;
if (args.Length > 1 || (args.Length == 1 && !Uri.TryCreate(args[0], UriKind.Absolute, out relay)))
{
    await Console.Error.WriteLineAsync($"'{string.Join(' ', args)}' is not the address of a relay.").ConfigureAwait(false);
    await Console.Error.WriteLineAsync("usage: NativeAot [ADDRESS, such as http://127.0.0.1:5205/tinystore]").ConfigureAwait(false);
    return 2;
}

return await Demo.RunAsync(relay).ConfigureAwait(false);
